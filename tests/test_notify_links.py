"""The console pages that a notice leads to, and that no event can bend."""

from dataclasses import replace

import pytest

from chalicelib.model import Resource
from chalicelib.notify import links
from tests.test_notify_compose import EXPOSED_KEY, GROUP, INSTANCE, KEY, MINING

EU = "https://eu-west-1.console.aws.amazon.com"


def resource(type, id, region="eu-west-1", partition="aws", **details):
    return Resource(type, id, "444455556666", region, partition, details=details)


PAGES = {
    "instance": (INSTANCE, f"{EU}/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0a1b2c3d4e5f60718"),
    "security group": (GROUP, f"{EU}/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-0a1b2c3d4e5f60718"),
    "bucket": (resource("AWS::S3::Bucket", "logs.example.com"), f"{EU}/s3/buckets/logs.example.com?region=eu-west-1"),
    "trail": (resource("AWS::CloudTrail::Trail", "org"), f"{EU}/cloudtrailv2/home?region=eu-west-1#/trails"),
    "a session leads to its role": (
        resource("AWS::STS::AssumedRole", "web/i-0a", "us-east-1"),
        "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/roles/details/web",
    ),
    "a key whose user is not known": (resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", "us-east-1"), ""),
    "an id that would leave the page": (
        resource("AWS::S3::Bucket", "x?region=us-east-1#<evil>|@"),
        f"{EU}/s3/buckets/x%3Fregion%3Dus-east-1%23%3Cevil%3E%7C%40?region=eu-west-1",
    ),
    "a region that is a host": (resource("AWS::EC2::Instance", "i-0a", "evil.example.com/"), ""),
    "a partition nobody knows": (resource("AWS::EC2::Instance", "i-0a", partition="aws-example"), ""),
    "China": (
        resource("AWS::EC2::Instance", "i-0a", "cn-north-1", "aws-cn"),
        "https://console.amazonaws.cn/ec2/home?region=cn-north-1#InstanceDetails:instanceId=i-0a",
    ),
    "GovCloud": (
        resource("AWS::KMS::Key", "1234abcd", "us-gov-west-1", "aws-us-gov"),
        "https://console.amazonaws-us-gov.com/kms/home?region=us-gov-west-1#/kms/keys/1234abcd",
    ),
    "a type without a page": (resource("AWS::Account", "444455556666"), ""),
}


@pytest.mark.parametrize(("shown", "url"), PAGES.values(), ids=PAGES.keys())
def test_a_resource_leads_to(shown, url):
    assert links.of_resource(shown) == url


def test_a_key_leads_to_its_user():
    assert links.of_resource(KEY).endswith("#/users/details/deploy-bot?section=security_credentials")


def finding(source, id, event=None, region="eu-west-1"):
    return replace(MINING, source=source, id=id, event=event or {}, region=region)


ARN = "arn:aws:securityhub:eu-west-1:444455556666:security-control/EC2.13/finding/0a1b"
FINDINGS = {
    "guardduty": (finding("guardduty", "0a1b"), f"{EU}/guardduty/home?region=eu-west-1#/findings?search=id%3D0a1b"),
    "securityhub": (
        finding("securityhub", ARN),
        f"{EU}/securityhub/home?region=eu-west-1#/findings?search=Id%3D%255Coperator%255C%253AEQUALS%255C%253A{ARN}",
    ),
    "a Security Hub id with a bar": (finding("securityhub", "a|b"), ""),
    "cloudtrail": (finding("cloudtrail", "e-1"), f"{EU}/cloudtrailv2/home?region=eu-west-1#/events/e-1"),
    "signin": (finding("signin", "e/1"), f"{EU}/cloudtrailv2/home?region=eu-west-1#/events/e%2F1"),
    "config": (
        finding("config", "config/…", {"detail": {"configRuleName": "restricted ssh"}}),
        f"{EU}/config/home?region=eu-west-1#/rules/details?configRuleName=restricted%20ssh",
    ),
    "config without a rule": (finding("config", "config/…", {"detail": []}), ""),
    "half of a surrogate pair": (finding("config", "config/…", {"detail": {"configRuleName": "ssh\ud800"}}), ""),
    "health": (EXPOSED_KEY, ""),
    "a hostile region": (finding("guardduty", "0a1b", region="../.."), ""),
}


@pytest.mark.parametrize(("shown", "url"), FINDINGS.values(), ids=FINDINGS.keys())
def test_a_finding_leads_to(shown, url):
    assert links.of_finding(shown) == url
