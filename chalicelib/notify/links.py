"""Derive the AWS console page of a resource and of a finding, for who is signed in to its account."""

from __future__ import annotations

import re
from urllib.parse import quote

from chalicelib.model import Finding, Resource

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}

_PAGES = {
    "AWS::EC2::Instance": "ec2/home?region={region}#InstanceDetails:instanceId={id}",
    "AWS::EC2::SecurityGroup": "ec2/home?region={region}#SecurityGroup:groupId={id}",
    "AWS::EC2::NetworkInterface": "ec2/home?region={region}#NetworkInterface:networkInterfaceId={id}",
    "AWS::EC2::Volume": "ec2/home?region={region}#VolumeDetails:volumeId={id}",
    "AWS::EC2::Snapshot": "ec2/home?region={region}#SnapshotDetails:snapshotId={id}",
    "AWS::EC2::VPC": "vpcconsole/home?region={region}#VpcDetails:VpcId={id}",
    "AWS::S3::Bucket": "s3/buckets/{id}?region={region}",
    "AWS::IAM::User": "iam/home?region={region}#/users/details/{id}",
    "AWS::IAM::Role": "iam/home?region={region}#/roles/details/{id}",
    "AWS::STS::AssumedRole": "iam/home?region={region}#/roles/details/{id}",
    "AWS::IAM::AccessKey": "iam/home?region={region}#/users/details/{id}?section=security_credentials",
    "AWS::Lambda::Function": "lambda/home?region={region}#/functions/{id}",
    "AWS::RDS::DBInstance": "rds/home?region={region}#database:id={id};is-cluster=false",
    "AWS::KMS::Key": "kms/home?region={region}#/kms/keys/{id}",
    "AWS::CloudTrail::Trail": "cloudtrailv2/home?region={region}#/trails",
}
"""Console pages by resource type, as AWS's own documentation and the consoles themselves link to them."""


def of_resource(resource: Resource) -> str:
    """Return the console URL of a resource; empty where none is known or the event's words do not fit in one."""
    page = _PAGES.get(resource.type, "")
    named = _quoted(_named_on_page(resource))
    return _url(page, resource.region, resource.partition, named) if page and named else ""


def of_finding(finding: Finding) -> str:
    """Return the console URL of the finding itself, in its own account and region; empty where none is known.

    GuardDuty: user guide, "Processing findings with EventBridge". Security Hub: the search term as its own
    console writes it, encoded twice. CloudTrail events appear there some minutes after the event.
    """
    page, named = "", _quoted(finding.id)
    match finding.source:
        case "guardduty":
            page = "guardduty/home?region={region}#/findings?search=id%3D{id}"
        case "securityhub" if re.fullmatch(r"[A-Za-z0-9:/._-]+", finding.id):
            page = "securityhub/home?region={region}#/findings?search=Id%3D%255Coperator%255C%253AEQUALS%255C%253A{id}"
            named = finding.id
        case "cloudtrail" | "signin":
            page = "cloudtrailv2/home?region={region}#/events/{id}"
        case "config":
            page = "config/home?region={region}#/rules/details?configRuleName={id}"
            detail = finding.event.get("detail")
            rule = detail.get("configRuleName") if isinstance(detail, dict) else None
            named = _quoted(rule) if isinstance(rule, str) else ""
    return _url(page, finding.region, finding.partition, named) if page and named else ""


def _named_on_page(resource: Resource) -> str:
    """Return what the resource's page is called by: a key's user, a session's role, else its id."""
    match resource.type:
        case "AWS::IAM::AccessKey":
            return resource.details.get("user", "")
        case "AWS::STS::AssumedRole":
            return resource.id.partition("/")[0]
        case _:
            return resource.id


def _quoted(name: str) -> str:
    """Return a name as a part of a URL; "" where it has half of a surrogate pair, which no URL can hold."""
    return "" if re.search("[\ud800-\udfff]", name) else quote(name, safe="")


def _url(page: str, region: str, partition: str, named: str) -> str:
    """Return the URL on the partition's console; empty for a region or partition that is not one."""
    console = _CONSOLES.get(partition)
    if console is None or not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d{1,2}", region) or len(named) > 300:
        return ""
    host = f"{region}.{console}" if partition == "aws" else console
    return f"https://{host}/{page.format(region=region, id=named)}"
