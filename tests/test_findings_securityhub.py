"""Security Hub's findings, in ASFF and in OCSF, keep their own account, region, type and standing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.model import Actor, Finding, Resource, Severity, Standing

UID = "arn:aws:securityhub:eu-west-1:111122223333:security-control/S3.8/finding/0f5a"
ASFF: dict[str, Any] = {
    "SchemaVersion": "2018-10-08",
    "Id": UID,
    "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
    "GeneratorId": "security-control/S3.8",
    "AwsAccountId": "111122223333",
    "Region": "eu-west-1",
    "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
    "FirstObservedAt": "2026-01-02T03:00:00.000Z",
    "LastObservedAt": "2026-01-02T03:30:00.000Z",
    "CreatedAt": "2026-01-02T03:00:00.000Z",
    "UpdatedAt": "2026-01-02T03:31:00.000Z",
    "Severity": {"Label": "HIGH", "Normalized": 70},
    "Title": "S3 buckets should block public access",
    "Description": "This control checks Block Public Access.",
    "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
    "Workflow": {"Status": "NEW"},
    "RecordState": "ACTIVE",
    "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::data-1", "Region": "eu-west-1", "Partition": "aws"}],
}
OCSF: dict[str, Any] = {
    "class_uid": 2003,
    "class_name": "Compliance Finding",
    "activity_id": 1,
    "status_id": 1,
    "severity_id": 4,
    "severity": "High",
    "cloud": {"account": {"uid": "111122223333"}, "region": "eu-west-1", "provider": "AWS"},
    "finding_info": {
        "uid": UID,
        "title": "S3 buckets should block public access",
        "desc": "This control checks Block Public Access.",
        "types": ["Posture Management"],
        "created_time_dt": "2026-01-02T03:00:00.000Z",
        "modified_time_dt": "2026-01-02T03:31:00.000Z",
    },
    "compliance": {"control": "S3.8", "status": "FAILED"},
    "metadata": {"product": {"name": "Security Hub"}},
    "resources": [{"type": "AWS::S3::Bucket", "uid": "arn:aws:s3:::data-1", "region": "eu-west-1"}],
}
BUCKET = Resource("AWS::S3::Bucket", "data-1", "111122223333", "eu-west-1")


def envelope(detail_type: str, *findings: object, **detail: object) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "2c1a7a0e-0000-4000-8000-000000000001",
        "detail-type": detail_type,
        "source": "aws.securityhub",
        "account": "999988887777",
        "time": "2026-01-02T03:32:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {**detail, "findings": list(findings)},
    }


def imported(**changed: object) -> dict[str, Any]:
    return envelope("Security Hub Findings - Imported", {**copy.deepcopy(ASFF), **changed})


def ocsf(**changed: object) -> dict[str, Any]:
    return envelope("Findings Imported V2", {**copy.deepcopy(OCSF), **changed})


def only(event: dict[str, Any]) -> Finding:
    (finding,) = parse(event)
    return finding


def test_an_imported_finding_is_read_whole_with_its_own_account_and_region() -> None:
    event = imported()
    assert only(event) == Finding(
        id=UID,
        revision="2026-01-02T03:31:00.000Z/NEW/ACTIVE/FAILED",
        source="securityhub",
        type="S3.8",
        title="S3 buckets should block public access",
        description="This control checks Block Public Access.",
        severity=Severity.HIGH,
        account="111122223333",
        region="eu-west-1",
        first_seen="2026-01-02T03:00:00.000Z",
        last_seen="2026-01-02T03:30:00.000Z",
        event=event,
        resources=(BUCKET,),
    )


def test_the_same_issue_in_ocsf_has_the_same_id_account_and_resources() -> None:
    asff, other = only(imported()), only(ocsf())
    assert (other.id, other.account, other.region, other.type, other.severity, other.resources) == (
        asff.id,
        asff.account,
        asff.region,
        asff.type,
        asff.severity,
        asff.resources,
    )
    assert (other.first_seen, other.last_seen) == ("2026-01-02T03:00:00.000Z", "2026-01-02T03:31:00.000Z")


def test_a_custom_action_on_three_findings_gives_three_with_each_its_own_event() -> None:
    three = [{**ASFF, "Id": f"finding-{number}"} for number in range(3)]
    event = envelope("Security Hub Findings - Custom Action", *three, actionName="contain")
    found = parse(event)
    assert [finding.id for finding in found] == ["finding-0", "finding-1", "finding-2"]
    assert [finding.event["detail"] for finding in found] == [
        {"actionName": "contain", "findings": [finding]} for finding in three
    ]


TYPES = {
    "the control": ({}, "S3.8"),
    "the control of a standard": (
        {"Compliance": {}, "ProductFields": {"ControlId": "PCI.S3.1", "RuleId": "x"}},
        "PCI.S3.1",
    ),
    "the rule of a standard": (
        {
            "Compliance": {},
            "ProductFields": {
                "RuleId": "1.4",
                "StandardsGuideArn": "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0",
            },
        },
        "cis-aws-foundations-benchmark/v/1.2.0/1.4",
    ),
    "the type": ({"Compliance": {}, "Types": ["TTPs/Discovery"]}, "TTPs/Discovery"),
    "the generator": ({"Compliance": None, "Types": []}, "security-control/S3.8"),
}


@pytest.mark.parametrize("case", TYPES.values(), ids=TYPES.keys())
def test_the_type_is_the_most_exact_name_that_the_finding_gives(case: tuple[dict[str, Any], str]) -> None:
    assert only(imported(**case[0])).type == case[1]


STANDINGS = {
    "failed": (imported(), Standing.ACTIVE),
    "warning": (imported(Compliance={"Status": "WARNING"}), Standing.ACTIVE),
    "passed": (imported(Compliance={"Status": "PASSED"}), Standing.PASSED),
    "resolved": (imported(Workflow={"Status": "RESOLVED"}), Standing.PASSED),
    "suppressed": (imported(Workflow={"Status": "SUPPRESSED"}), Standing.SUPPRESSED),
    "archived": (imported(RecordState="ARCHIVED", Workflow={"Status": "SUPPRESSED"}), Standing.ARCHIVED),
    "sample": (imported(Sample=True, RecordState="ARCHIVED"), Standing.SAMPLE),
    "no compliance, no workflow": (imported(Compliance=None, Workflow=None), Standing.ACTIVE),
    "ocsf new": (ocsf(), Standing.ACTIVE),
    "ocsf in progress": (ocsf(status_id=2), Standing.ACTIVE),
    "ocsf suppressed": (ocsf(status_id=3), Standing.SUPPRESSED),
    "ocsf resolved": (ocsf(status_id=4), Standing.PASSED),
    "ocsf archived": (ocsf(status_id=5), Standing.ARCHIVED),
    "ocsf closed": (ocsf(activity_id=3), Standing.ARCHIVED),
    "ocsf passed": (ocsf(compliance={"control": "S3.8", "status": "PASSED"}), Standing.PASSED),
}


@pytest.mark.parametrize("case", STANDINGS.values(), ids=STANDINGS.keys())
def test_only_a_live_finding_is_active(case: tuple[dict[str, Any], Standing]) -> None:
    assert only(case[0]).standing is case[1]


SEVERITIES = {
    "label": (imported(), Severity.HIGH),
    "label before number": (imported(Severity={"Label": "LOW", "Normalized": 99}), Severity.LOW),
    "zero": (imported(Severity={"Normalized": 0}), Severity.INFORMATIONAL),
    "one": (imported(Severity={"Normalized": 1}), Severity.LOW),
    "forty": (imported(Severity={"Normalized": 40}), Severity.MEDIUM),
    "seventy": (imported(Severity={"Normalized": 70}), Severity.HIGH),
    "ninety": (imported(Severity={"Normalized": 90}), Severity.CRITICAL),
    "informational label": (imported(Severity={"Label": "INFORMATIONAL", "Normalized": 99}), Severity.INFORMATIONAL),
    "neither": (imported(Severity={}), Severity.MEDIUM),
    "ocsf fatal": (ocsf(severity_id=6), Severity.CRITICAL),
    "ocsf by word": (ocsf(severity_id=99, severity="Low"), Severity.LOW),
}


@pytest.mark.parametrize("case", SEVERITIES.values(), ids=SEVERITIES.keys())
def test_severity_is_one_of_five_steps(case: tuple[dict[str, Any], Severity]) -> None:
    assert only(case[0]).severity is case[1]


def regional(type_: str, identity: str) -> Resource:
    return Resource(type_, identity, "111122223333", "eu-west-1")


RESOURCES = {
    "an instance": (
        {"Type": "AwsEc2Instance", "Id": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"},
        (regional("AWS::EC2::Instance", "i-0123456789abcdef0"),),
    ),
    "the account": (
        {"Type": "AwsAccount", "Id": "AWS::::Account:111122223333"},
        (regional("AWS::Account", "111122223333"),),
    ),
    "the account by its number": (
        {"Type": "AwsAccount", "Id": "111122223333"},
        (regional("AWS::Account", "111122223333"),),
    ),
    "a resource of another region": (
        {"Type": "AwsRdsDbInstance", "Id": "orders", "Region": "us-west-2"},
        (Resource("AWS::RDS::DBInstance", "orders", "111122223333", "us-west-2"),),
    ),
    "Other, with an ARN that tells": (
        {"Type": "Other", "Id": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0123456789abcdef0"},
        (regional("AWS::EC2::Volume", "vol-0123456789abcdef0"),),
    ),
    "Other, without": ({"Type": "Other", "Id": "something"}, ()),
    "a container image": (
        {"Type": "AwsEcrContainerImage", "Id": "arn:aws:ecr:eu-west-1:111122223333:repository/a/sha256:1"},
        (),
    ),
    "an ARN that is not of its type": ({"Type": "AwsIamRole", "Id": "arn:aws:iam::111122223333:user/alice"}, ()),
    "a key and its user": (
        {
            "Type": "AwsIamAccessKey",
            "Id": "AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE",
            "Details": {"AwsIamAccessKey": {"PrincipalName": "alice", "PrincipalType": "IAMUser"}},
        },
        (
            Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", "111122223333", "us-east-1"),
            Resource("AWS::IAM::User", "alice", "111122223333", "us-east-1"),
        ),
    ),
    "a session's key": (
        {
            "Type": "AwsIamAccessKey",
            "Id": "AWS::IAM::AccessKey:ASIAIOSFODNN7EXAMPLE",
            "Details": {
                "AwsIamAccessKey": {
                    "PrincipalName": "web",
                    "PrincipalType": "AssumedRole",
                    "PrincipalId": "AROADBQP57FF2AEXAMPLE:ci",
                }
            },
        },
        (
            Resource("AWS::STS::AssumedRole", "web/ci", "111122223333", "us-east-1"),
            Resource("AWS::IAM::Role", "web", "111122223333", "us-east-1"),
        ),
    ),
}


@pytest.mark.parametrize("case", RESOURCES.values(), ids=RESOURCES.keys())
def test_each_resource_is_typed(case: tuple[dict[str, Any], tuple[Resource, ...]]) -> None:
    assert only(imported(Resources=[case[0], "no object"])).resources == case[1]


def test_a_key_says_whose_it_is() -> None:
    finding = only(imported(Resources=[RESOURCES["a key and its user"][0]]))
    assert finding.resources[0].details == {"user": "alice"}
    assert finding.actor == Actor(type="IAMUser", name="alice")


def test_ocsf_resources_may_use_either_uid_and_either_spelling_of_the_type() -> None:
    finding = only(
        ocsf(
            resources=[
                {"type": "AwsIamRole", "uid": "?", "uid_alt": "arn:aws:iam::111122223333:role/web"},
                {"type": "", "uid": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"},
            ]
        )
    )
    assert finding.resources == (
        Resource("AWS::IAM::Role", "web", "111122223333", "us-east-1"),
        regional("AWS::EC2::Instance", "i-0123456789abcdef0"),
    )


MALFORMED = {
    "no findings": (envelope("Security Hub Findings - Imported"), "detail.findings is missing, empty or not a list"),
    "a finding that is text": (envelope("Findings Imported V2", "x"), "detail.findings.0 is not a JSON object"),
    "no account": (imported(AwsAccountId=None), "detail.findings.0.AwsAccountId is missing"),
    "no id": (imported(Id=""), "detail.findings.0.Id is missing"),
    "an id without end": (imported(Id="a" * 5000), "detail.findings.0.Id is longer than 1024 characters"),
    "no uid": (ocsf(finding_info={}), "detail.findings.0.finding_info.uid is missing"),
    "no cloud": (ocsf(cloud=None), "detail.findings.0.cloud.account.uid is missing"),
}


@pytest.mark.parametrize("case", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_security_hub_always_sends_must_be_there(case: tuple[dict[str, Any], str]) -> None:
    with pytest.raises(MalformedEvent) as raised:
        parse(case[0])
    assert str(raised.value) == case[1]


def test_insight_results_carry_no_findings() -> None:
    with pytest.raises(NotSecurityEvent, match="Security Hub Insight Results"):
        parse(envelope("Security Hub Insight Results"))
