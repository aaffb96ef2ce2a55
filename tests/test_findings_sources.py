"""Config, Health, Access Analyzer, Macie and Inspector: one table of events, and what each becomes."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import pytest

from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.model import Finding, Resource, Severity, Standing


def envelope(source: str, detail_type: str, **detail: object) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "2c1a7a0e-0000-4000-8000-000000000003",
        "detail-type": detail_type,
        "source": source,
        "account": "999988887777",
        "time": "2026-01-02T04:00:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }


CONFIG = envelope(
    "aws.config",
    "Config Rules Compliance Change",
    messageType="ComplianceChangeNotification",
    configRuleName="securityhub-s3-bucket-public-read-prohibited-1a2b",
    configRuleARN="arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-x",
    awsAccountId="111122223333",
    awsRegion="eu-west-1",
    resourceType="AWS::S3::Bucket",
    resourceId="data-1",
    notificationCreationTime="2026-01-02T03:05:00.000Z",
    newEvaluationResult={
        "complianceType": "NON_COMPLIANT",
        "resultRecordedTime": "2026-01-02T03:04:00.000Z",
        "annotation": "The bucket allows public read.",
    },
)
HEALTH = envelope(
    "aws.health",
    "AWS Health Event",
    eventArn="arn:aws:health:us-east-1::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/1",
    service="RISK",
    eventTypeCode="AWS_RISK_CREDENTIALS_EXPOSED",
    eventTypeCategory="issue",
    startTime="Fri, 02 Jan 2026 03:00:00 GMT",
    lastUpdatedTime="Fri, 02 Jan 2026 03:10:00 GMT",
    statusCode="open",
    affectedAccount="111122223333",
    eventDescription=[{"language": "en_US", "latestDescription": "A key was found in a public place."}],
    affectedEntities=[
        {"entityValue": "AKIAIOSFODNN7EXAMPLE", "entityMetadata": {"userName": "alice"}},
        {"entityValue": "AKIAI44QH8DHBEXAMPLE"},
        {"entityValue": "UNKNOWN"},
        "no object",
    ],
)
ANALYZER = envelope(
    "aws.access-analyzer",
    "Access Analyzer Finding",
    id="22222222-dcba-4444-dcba-333333333333",
    accountId="111122223333",
    region="eu-west-1",
    resource="arn:aws:s3:::data-1",
    resourceType="AWS::S3::Bucket",
    status="ACTIVE",
    isPublic=True,
    isDeleted=False,
    action=["s3:GetObject", "s3:PutObject"],
    principal={"AWS": "*"},
    createdAt="2026-01-02T03:00:00Z",
    updatedAt="2026-01-02T03:10:00Z",
)
MACIE = envelope(
    "aws.macie",
    "Macie Finding",
    id="64b917aa-3843-014c-91d8-937ffe1e8ab6",
    accountId="111122223333",
    partition="aws",
    region="eu-west-1",
    type="Policy:IAMUser/S3BucketPublic",
    title="The bucket is public",
    description="Anyone may read it.",
    severity={"score": 3, "description": "High"},
    createdAt="2026-01-02T03:00:00Z",
    updatedAt="2026-01-02T03:10:00Z",
    count=2,
    sample=False,
    archived=False,
    resourcesAffected={"s3Bucket": {"name": "data-1", "arn": "arn:aws:s3:::data-1"}},
)
INSPECTOR = envelope(
    "aws.inspector2",
    "Inspector2 Finding",
    findingArn="arn:aws:inspector2:eu-west-1:111122223333:finding/0001",
    awsAccountId="111122223333",
    type="PACKAGE_VULNERABILITY",
    title="CVE-2026-0001 - openssl",
    description="A flaw.",
    severity="CRITICAL",
    status="ACTIVE",
    firstObservedAt="Jan 2, 2026, 3:00:00 AM",
    lastObservedAt="2026-01-02T03:10:00Z",
    updatedAt="2026-01-02T03:10:00Z",
    resources=[
        {"type": "AWS_EC2_INSTANCE", "id": "i-0123456789abcdef0", "region": "eu-west-1", "partition": "aws"},
        {"type": "AWS_ECR_CONTAINER_IMAGE", "id": "arn:aws:ecr:eu-west-1:111122223333:repository/a/sha256:1"},
    ],
)
BUCKET = Resource("AWS::S3::Bucket", "data-1", "111122223333", "eu-west-1")


def key(identity: str) -> Resource:
    return Resource("AWS::IAM::AccessKey", identity, "111122223333", "us-east-1")


READ = {
    "config": (
        CONFIG,
        Finding(
            id="config/111122223333/eu-west-1/securityhub-s3-bucket-public-read-prohibited-1a2b/AWS::S3::Bucket/data-1",
            revision="2026-01-02T03:04:00.000Z/NON_COMPLIANT",
            source="config",
            type="securityhub-s3-bucket-public-read-prohibited-1a2b",
            title="AWS::S3::Bucket data-1 is NON_COMPLIANT with securityhub-s3-bucket-public-read-prohibited-1a2b",
            description="The bucket allows public read.",
            severity=Severity.MEDIUM,
            account="111122223333",
            region="eu-west-1",
            first_seen="2026-01-02T03:04:00.000Z",
            last_seen="2026-01-02T03:04:00.000Z",
            event=CONFIG,
            resources=(BUCKET,),
        ),
    ),
    "health, every affected entity of it": (
        HEALTH,
        Finding(
            id="arn:aws:health:us-east-1::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/1/111122223333",
            revision="Fri, 02 Jan 2026 03:10:00 GMT//open",
            source="health",
            type="AWS_RISK_CREDENTIALS_EXPOSED",
            title="AWS_RISK_CREDENTIALS_EXPOSED in 111122223333",
            description="A key was found in a public place.",
            severity=Severity.CRITICAL,
            account="111122223333",
            region="eu-west-1",
            first_seen="2026-01-02T03:00:00Z",
            last_seen="2026-01-02T03:10:00Z",
            event=HEALTH,
            resources=(
                key("AKIAIOSFODNN7EXAMPLE"),
                Resource("AWS::IAM::User", "alice", "111122223333", "us-east-1"),
                key("AKIAI44QH8DHBEXAMPLE"),
            ),
        ),
    ),
    "access analyzer": (
        ANALYZER,
        Finding(
            id="22222222-dcba-4444-dcba-333333333333",
            revision="2026-01-02T03:10:00Z/ACTIVE",
            source="accessanalyzer",
            type="AWS::S3::Bucket",
            title="arn:aws:s3:::data-1 is public",
            description="AWS * may call s3:GetObject, s3:PutObject",
            severity=Severity.HIGH,
            account="111122223333",
            region="eu-west-1",
            first_seen="2026-01-02T03:00:00Z",
            last_seen="2026-01-02T03:10:00Z",
            event=ANALYZER,
            resources=(BUCKET,),
        ),
    ),
    "macie": (
        MACIE,
        Finding(
            id="64b917aa-3843-014c-91d8-937ffe1e8ab6",
            revision="2026-01-02T03:10:00Z/2",
            source="macie",
            type="Policy:IAMUser/S3BucketPublic",
            title="The bucket is public",
            description="Anyone may read it.",
            severity=Severity.HIGH,
            account="111122223333",
            region="eu-west-1",
            first_seen="2026-01-02T03:00:00Z",
            last_seen="2026-01-02T03:10:00Z",
            event=MACIE,
            count=2,
            resources=(BUCKET,),
        ),
    ),
    "inspector": (
        INSPECTOR,
        Finding(
            id="arn:aws:inspector2:eu-west-1:111122223333:finding/0001",
            revision="2026-01-02T03:10:00Z/ACTIVE",
            source="inspector",
            type="PACKAGE_VULNERABILITY",
            title="CVE-2026-0001 - openssl",
            description="A flaw.",
            severity=Severity.CRITICAL,
            account="111122223333",
            region="eu-west-1",
            first_seen="2026-01-02T03:10:00Z",
            last_seen="2026-01-02T03:10:00Z",
            event=INSPECTOR,
            resources=(Resource("AWS::EC2::Instance", "i-0123456789abcdef0", "111122223333", "eu-west-1"),),
        ),
    ),
}


def variant(event: dict[str, Any], **changed: object) -> dict[str, Any]:
    copied = copy.deepcopy(event)
    copied["detail"].update(changed)
    return copied


def only(event: dict[str, Any]) -> Finding:
    (finding,) = parse(event)
    return finding


@pytest.mark.parametrize("case", READ.values(), ids=READ.keys())
def test_an_event_is_read_whole(case: tuple[dict[str, Any], Finding]) -> None:
    assert only(case[0]) == case[1]


def test_health_says_whose_key_it_is_only_where_the_event_does() -> None:
    first, _, second = only(HEALTH).resources
    assert (first.details, second.details) == ({"user": "alice"}, {})


def test_health_without_an_affected_account_belongs_to_the_envelopes() -> None:
    assert only(variant(HEALTH, affectedAccount=None)).account == "999988887777"


def test_one_health_event_in_two_accounts_is_two_findings() -> None:
    assert only(HEALTH).id != only(variant(HEALTH, affectedAccount="444455556666")).id


def test_a_sibling_of_the_exposed_key_event_names_its_keys_too() -> None:
    code = "AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED"
    assert only(variant(HEALTH, eventTypeCode=code)).resources == only(HEALTH).resources


def test_an_abuse_report_names_the_instance_of_its_arn() -> None:
    arn = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"
    event = variant(
        HEALTH, service="ABUSE", eventTypeCode="AWS_ABUSE_DOS_REPORT", affectedEntities=[{"entityValue": arn}]
    )
    assert only(event).resources == (
        Resource("AWS::EC2::Instance", "i-0123456789abcdef0", "111122223333", "eu-west-1"),
    )


def test_a_lost_volume_is_no_security_event() -> None:
    with pytest.raises(NotSecurityEvent, match=r"aws\.health AWS_EBS_VOLUME_LOST"):
        parse(variant(HEALTH, service="EBS", eventTypeCode="AWS_EBS_VOLUME_LOST"))


CONFIG_RESOURCES = {
    "the account": ("AWS::::Account", "111122223333", ("AWS::Account", "111122223333", "eu-west-1")),
    "a security group": (
        "AWS::EC2::SecurityGroup",
        "sg-0123456789abcdef0",
        ("AWS::EC2::SecurityGroup", "sg-0123456789abcdef0", "eu-west-1"),
    ),
    "a user's unique id is no name": ("AWS::IAM::User", "AIDACKCEVSQ6C2EXAMPLE", None),
    "a role's unique id is no name": ("AWS::IAM::Role", "AROADBQP57FF2AEXAMPLE", None),
    "a database's unique id stays, for RDS knows whose it is": (
        "AWS::RDS::DBInstance",
        "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        ("AWS::RDS::DBInstance", "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "eu-west-1"),
    ),
    "a user by name": ("AWS::IAM::User", "alice", ("AWS::IAM::User", "alice", "us-east-1")),
}


@pytest.mark.parametrize("case", CONFIG_RESOURCES.values(), ids=CONFIG_RESOURCES.keys())
def test_config_names_a_resource_or_nothing(case: tuple[str, str, tuple[str, str, str] | None]) -> None:
    found = only(variant(CONFIG, resourceType=case[0], resourceId=case[1])).resources
    expected = (Resource(case[2][0], case[2][1], "111122223333", case[2][2]),) if case[2] else ()
    assert found == expected


def verdict(word: str) -> dict[str, Any]:
    return variant(CONFIG, newEvaluationResult={"complianceType": word})


STANDINGS = {
    "compliant": (verdict("COMPLIANT"), Standing.PASSED),
    "not applicable": (verdict("NOT_APPLICABLE"), Standing.PASSED),
    "insufficient data": (verdict("INSUFFICIENT_DATA"), Standing.PASSED),
    "not compliant": (verdict("NON_COMPLIANT"), Standing.ACTIVE),
    "health closed": (variant(HEALTH, statusCode="closed"), Standing.PASSED),
    "analyzer archived": (variant(ANALYZER, status="ARCHIVED"), Standing.ARCHIVED),
    "analyzer resolved": (variant(ANALYZER, status="RESOLVED"), Standing.PASSED),
    "analyzer's resource deleted": (variant(ANALYZER, isDeleted=True), Standing.PASSED),
    "macie sample": (variant(MACIE, sample=True, archived=True), Standing.SAMPLE),
    "macie archived": (variant(MACIE, archived=True), Standing.ARCHIVED),
    "inspector suppressed": (variant(INSPECTOR, status="SUPPRESSED"), Standing.SUPPRESSED),
    "inspector closed": (variant(INSPECTOR, status="CLOSED"), Standing.PASSED),
}


@pytest.mark.parametrize("case", STANDINGS.values(), ids=STANDINGS.keys())
def test_only_a_live_finding_is_active(case: tuple[dict[str, Any], Standing]) -> None:
    assert only(case[0]).standing is case[1]


MALFORMED = {
    "config without a verdict": (
        variant(CONFIG, newEvaluationResult=None),
        "detail.newEvaluationResult.complianceType is missing",
    ),
    "config without an account": (variant(CONFIG, awsAccountId=None), "detail.awsAccountId is missing"),
    "health without a code": (variant(HEALTH, eventTypeCode=None), "detail.eventTypeCode is missing"),
    "analyzer without a resource": (variant(ANALYZER, resource=None), "detail.resource is missing"),
    "analyzer without any account": (
        variant(ANALYZER, accountId=None),
        "detail.resourceOwnerAccount and detail.accountId are missing",
    ),
    "macie without an id": (variant(MACIE, id=None), "detail.id is missing"),
    "inspector without an ARN": (variant(INSPECTOR, findingArn=7.5e300), "detail.findingArn is not text"),
}


@pytest.mark.parametrize("case", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_a_source_always_sends_must_be_there(case: tuple[dict[str, Any], str]) -> None:
    with pytest.raises(MalformedEvent) as raised:
        parse(case[0])
    assert str(raised.value) == case[1]


REFUSED = {
    "another service's event": (
        envelope("aws.s3", "Object Created", bucket={}),
        NotSecurityEvent,
        "not a security event: aws.s3 Object Created",
    ),
    "a lookalike of a known source": (
        {**CONFIG, "source": "custom.config"},
        NotSecurityEvent,
        "not a security event: custom.config Config Rules Compliance Change",
    ),
    "a CloudTrail event that AWS did not send": (
        {**CONFIG, "source": "custom", "detail-type": "AWS API Call via CloudTrail"},
        NotSecurityEvent,
        "not a security event: custom AWS API Call via CloudTrail",
    ),
    "Macie Classic": (
        envelope("aws.macie", "Macie Alert"),
        NotSecurityEvent,
        "not a security event: aws.macie Macie Alert (of Macie Classic, which AWS has retired)",
    ),
    "no object": ([CONFIG], MalformedEvent, "the event is not a JSON object"),
    "no envelope": (
        CONFIG["detail"],
        MalformedEvent,
        "source or detail-type is missing: this is no EventBridge event",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_security_event_is_refused_with_its_name(case: tuple[object, type[Exception], str]) -> None:
    with pytest.raises(case[1]) as raised:
        parse(case[0])
    assert str(raised.value) == case[2]


def test_the_parsers_are_loaded_only_when_they_are_needed() -> None:
    script = (
        "import sys, chalicelib.findings; print(*[name for name in sys.modules if name.startswith('chalicelib.f')])"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert loaded.split() == ["chalicelib.findings"]
