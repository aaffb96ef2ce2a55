"""A trail records what every trail should again, and a deleted one is made again as its baseline says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.catalogue import of
from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource, Rule, Severity
from chalicelib.reconcile import plan, read
from lab.organization import Lab
from lab.scenes.cloudtrail_trail import BASELINE, NEIGHBOUR, ONE_BUCKET, deleted, unsigned
from lab.stage import prepare
from remediations.cloudtrail.recreate_trail import baseline
from remediations.cloudtrail.recreate_trail import remediation as recreate
from remediations.cloudtrail.restore_settings import advanced, basic
from remediations.cloudtrail.restore_settings import remediation as restore
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

DETAILS = {"baseline": json.dumps(BASELINE)}
TRAIL = Resource("AWS::CloudTrail::Trail", "management-events", ACCOUNT, REGION, details=DETAILS)
ALL = {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": []}
EVERYTHING = {**ALL, "DataResources": []}
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
FULL = {"Name": "Management events", "FieldSelectors": [MANAGEMENT]}
DATA = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}


def told(aws: Aws, name: str) -> Any:
    """Return all that CloudTrail says of a trail."""
    cloudtrail = aws.client("cloudtrail")
    [described] = [each for each in cloudtrail.describe_trails()["trailList"] if each["Name"] == name]
    chosen = cloudtrail.get_event_selectors(TrailName=name)
    return described, chosen["EventSelectors"], chosen["AdvancedEventSelectors"], logging(aws, name)


def logging(aws: Aws, name: str) -> bool:
    return bool(aws.client("cloudtrail").get_trail_status(Name=name)["IsLogging"])


def test_the_trail_records_everything_again_and_nothing_else_of_it_or_of_others_changes(aws: Aws) -> None:
    make(aws, TRAIL)
    before, neighbour = told(aws, TRAIL.id), told(aws, NEIGHBOUR)
    change = apply(aws, restore, TRAIL)
    described, selectors, _, running = told(aws, TRAIL.id)
    wider = ("IsMultiRegionTrail", "IncludeGlobalServiceEvents", "LogFileValidationEnabled")
    assert described == {**before[0], **dict.fromkeys(wider, True)}
    assert selectors == [EVERYTHING, ONE_BUCKET]
    assert (running, told(aws, NEIGHBOUR)) == (False, neighbour)
    undo(aws, restore, TRAIL, change)
    assert told(aws, TRAIL.id) == before


def of_bucket(number: int, **other: Any) -> dict[str, Any]:
    return {
        **ONE_BUCKET,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::b{number}/"]}],
        **other,
    }


BASIC = {
    "complete": ([EVERYTHING], [EVERYTHING]),
    "complete, with data events": ([{**of_bucket(1), **ALL}], [{**of_bucket(1), **ALL}]),
    "complete by default": ([{"DataResources": []}], [{"DataResources": []}]),
    "writes only": ([{**EVERYTHING, "ReadWriteType": "WriteOnly"}], [EVERYTHING]),
    "without KMS": ([{**EVERYTHING, "ExcludeManagementEventSources": ["kms.amazonaws.com"]}], [EVERYTHING]),
    "data events only": ([of_bucket(1)], [EVERYTHING, of_bucket(1)]),
    "writes, with data events": (
        [of_bucket(1, ReadWriteType="WriteOnly", IncludeManagementEvents=True)],
        [EVERYTHING, of_bucket(1, ReadWriteType="WriteOnly")],
    ),
    "as many as there can be": (
        [of_bucket(number) for number in range(5)],
        [{**of_bucket(0), **ALL}, *(of_bucket(number) for number in range(1, 5))],
    ),
}


@pytest.mark.parametrize(("now", "then"), BASIC.values(), ids=BASIC)
def test_basic_selectors_come_to_hold_all_management_events(now: Any, then: Any) -> None:
    assert basic(now) == then == basic(then)


WRITES = {"FieldSelectors": [MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}]}
ADVANCED = {
    "complete": ([DATA, {"FieldSelectors": [MANAGEMENT]}], [DATA, {"FieldSelectors": [MANAGEMENT]}]),
    "data events only": ([DATA], [FULL, DATA]),
    "writes only": ([WRITES, DATA], [FULL, DATA]),
}


@pytest.mark.parametrize(("now", "then"), ADVANCED.values(), ids=ADVANCED)
def test_advanced_selectors_come_to_hold_all_management_events(now: Any, then: Any) -> None:
    assert advanced(now) == then == advanced(then)


def test_advanced_selectors_stay_advanced_and_come_back(aws: Aws) -> None:
    make(aws, TRAIL)
    aws.client("cloudtrail").put_event_selectors(TrailName=TRAIL.id, AdvancedEventSelectors=[DATA])
    change = apply(aws, restore, TRAIL)
    assert told(aws, TRAIL.id)[1:3] == ([], [FULL, DATA])
    undo(aws, restore, TRAIL, change)
    assert told(aws, TRAIL.id)[1:3] == ([], [DATA])


@pytest.mark.parametrize("remediation", [restore, recreate], ids=lambda unit: unit.id)
def test_a_trail_of_another_region_is_left_to_its_home(aws: Aws, remediation: Any) -> None:
    make(aws, TRAIL)
    aws.client("cloudtrail").update_trail(Name=TRAIL.id, IsMultiRegionTrail=True, IncludeGlobalServiceEvents=True)
    with pytest.raises(Unsupported, match="belongs to account 123456789012, eu-central-1"):
        plan(remediation, Aws(aws.boto, region="us-east-1"), replace(TRAIL, region="us-east-1"))


def test_the_settings_of_a_deleted_trail_are_gone(aws: Aws) -> None:
    make(aws, TRAIL)
    deleted(aws.boto, TRAIL)
    with pytest.raises(Gone, match="TrailNotFoundException"):
        read(restore, aws, TRAIL)


def test_a_deleted_trail_is_made_as_its_baseline_says_and_undo_deletes_it(aws: Aws) -> None:
    make(aws, TRAIL)
    deleted(aws.boto, TRAIL)
    neighbour = told(aws, NEIGHBOUR)
    change = apply(aws, recreate, TRAIL)
    described, selectors, _, running = told(aws, TRAIL.id)
    assert BASELINE["trail"].items() <= described.items()  # type: ignore[attr-defined]
    assert (selectors, running) == (BASELINE["event_selectors"], True)
    undo(aws, recreate, TRAIL, change)
    assert [each["Name"] for each in aws.client("cloudtrail").describe_trails()["trailList"]] == [NEIGHBOUR]
    assert told(aws, NEIGHBOUR) == neighbour


def test_a_trail_that_somebody_else_made_again_is_left_alone(aws: Aws) -> None:
    make(aws, TRAIL)
    before = told(aws, TRAIL.id)
    assert read(recreate, aws, TRAIL) == {"by": "others"}
    assert not plan(recreate, aws, TRAIL).needed
    assert told(aws, TRAIL.id) == before


def test_a_trail_that_somebody_changed_after_it_was_made_again_is_not_fought_over(aws: Aws) -> None:
    make(aws, TRAIL)
    deleted(aws.boto, TRAIL)
    _, after = apply(aws, recreate, TRAIL)
    unsigned(aws.boto, TRAIL)
    with pytest.raises(Unsupported, match="somebody has changed trail management-events since"):
        recreate.write(aws, TRAIL, read(recreate, aws, TRAIL), after)


def without(part: str) -> str:
    return json.dumps({name: value for name, value in BASELINE.items() if name != part})


BAD = {
    "none": {},
    "no JSON": {"baseline": "{"},
    "a list": {"baseline": "[]"},
    "no trail": {"baseline": without("trail")},
    "no selectors": {"baseline": without("event_selectors")},
    "no bucket": {"baseline": json.dumps({**BASELINE, "trail": {}})},
}


@pytest.mark.parametrize("details", BAD.values(), ids=BAD)
def test_a_deleted_trail_without_a_usable_baseline_says_so(aws: Aws, details: dict[str, str]) -> None:
    with pytest.raises(Unsupported, match="trail management-events is gone and no baseline says how it was"):
        plan(recreate, aws, replace(TRAIL, details=details))


def test_an_organizations_trail_is_left_to_people(aws: Aws) -> None:
    kept = {**BASELINE, "trail": {"S3BucketName": "b", "IsOrganizationTrail": True}}
    with pytest.raises(Unsupported, match="was an organization's; make it again by hand in the management account"):
        plan(recreate, aws, replace(TRAIL, details={"baseline": json.dumps(kept)}))


def test_what_describes_a_trail_becomes_what_makes_it() -> None:
    described = {
        "Name": "management-events",
        "S3BucketName": "archive",
        "S3KeyPrefix": "",
        "SnsTopicName": "topic",
        "SnsTopicARN": "arn:aws:sns:eu-central-1:123456789012:topic",
        "IsMultiRegionTrail": False,
        "KmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "HomeRegion": "eu-central-1",
    }
    kept = {"trail": described, "advanced_event_selectors": [DATA], "logging": False}
    assert baseline(replace(TRAIL, details={"baseline": json.dumps(kept)})) == {
        "by": "ours",
        "settings": {
            "S3BucketName": "archive",
            "SnsTopicName": "arn:aws:sns:eu-central-1:123456789012:topic",
            "IsMultiRegionTrail": False,
            "KmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/1",
        },
        "selectors": {"advanced": [DATA]},
        "insights": [],
        "logging": False,
    }


@pytest.mark.parametrize(("respond", "there"), [((restore,), [NEIGHBOUR, TRAIL.id]), ((recreate,), [NEIGHBOUR])])
def test_the_lab_deletes_the_trail_where_the_answer_is_to_make_it_again(
    lab: Lab, respond: Any, there: list[str]
) -> None:
    pattern = {"source": ["aws.cloudtrail"]}
    named = {"AWS::CloudTrail::Trail": "detail.requestParameters.name"}
    rule = Rule("cloudtrail.deleted", "Deleted", pattern, Severity.HIGH, "", respond, resources=named)
    prepare(lab, of({rule.id: rule}, {unit.id: unit for unit in respond}), DELETED)
    found = lab.boto("444455556666", REGION).client("cloudtrail").describe_trails()["trailList"]
    assert sorted(each["Name"] for each in found) == sorted(there)


DELETED = {
    "version": "0",
    "id": "11111111-2222-3333-4444-555555555555",
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.cloudtrail",
    "account": "444455556666",
    "time": "2026-08-01T12:00:00Z",
    "region": REGION,
    "resources": [],
    "detail": {
        "eventVersion": "1.09",
        "eventID": "66666666-7777-8888-9999-000000000000",
        "eventTime": "2026-08-01T12:00:00Z",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "DeleteTrail",
        "awsRegion": REGION,
        "recipientAccountId": "444455556666",
        "userIdentity": {"type": "IAMUser", "userName": "mallory", "accountId": "444455556666"},
        "requestParameters": {"name": TRAIL.id},
    },
}
