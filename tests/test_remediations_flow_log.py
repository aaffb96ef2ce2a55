"""A VPC's deleted flow log is made again as its baseline says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from lab.scenes.ec2_flow_log import BASELINE, GROUP, VPC, log
from remediations.ec2.recreate_flow_log import remediation as recreate
from tests.aws import ACCOUNT, REGION, Aws, apply, make, round_trip, undo

DETAILS = {"baseline": json.dumps({"flow_log": BASELINE})}
WHERE = {"vpc": VPC, "to": GROUP}
LOG = Resource("AWS::EC2::FlowLog", "fl-0abcd1234ef567890", ACCOUNT, REGION, details=DETAILS)


def logs_of(aws: Aws) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in aws.client("ec2").describe_flow_logs()["FlowLogs"]:
        found.setdefault(each["ResourceId"], []).append(each)
    return found


def test_the_vpc_logs_again_as_it_did_and_neither_apply_nor_undo_touches_a_neighbour(aws: Aws) -> None:
    make(aws, LOG)
    neighbours = logs_of(aws)
    change = apply(aws, recreate, LOG)
    assert change == ({**WHERE, "log": "none"}, {**WHERE, "log": "ours"})
    after = logs_of(aws)
    [made] = after.pop(VPC)
    assert BASELINE.items() <= made.items()
    assert made["Tags"] == [{"Key": "countermeasure:incident", "Value": "inc-1"}]
    assert after == neighbours
    undo(aws, recreate, LOG, change)
    assert logs_of(aws) == neighbours


def test_a_log_that_somebody_else_made_again_is_left_alone(aws: Aws) -> None:
    make(aws, LOG)
    log(aws.boto, VPC)
    before = logs_of(aws)
    assert plan(recreate, aws, LOG).before == plan(recreate, aws, LOG).after == {**WHERE, "log": "others"}
    assert logs_of(aws) == before


def test_a_log_to_another_place_does_not_count(aws: Aws) -> None:
    make(aws, LOG)
    aws.client("logs").create_log_group(logGroupName="elsewhere")
    kept = {name: value for name, value in BASELINE.items() if name not in ("ResourceId", "LogGroupName")}
    aws.client("ec2").create_flow_logs(ResourceIds=[VPC], ResourceType="VPC", LogGroupName="elsewhere", **kept)
    assert read(recreate, aws, LOG) == {**WHERE, "log": "none"}


def test_with_its_vpc_the_log_is_gone(aws: Aws) -> None:
    make(aws, LOG)
    aws.client("ec2").delete_vpc(VpcId=VPC)
    with pytest.raises(Gone):
        read(recreate, aws, LOG)


BAD: dict[str, dict[str, str]] = {
    "none": {},
    "empty": {"baseline": ""},
    "a list": {"baseline": "[]"},
    "of a subnet": {"baseline": json.dumps({"flow_log": {**BASELINE, "ResourceId": "subnet-0123456789abcdef0"}})},
    "to nowhere": {"baseline": json.dumps({"flow_log": {"ResourceId": VPC}})},
}


@pytest.mark.parametrize("details", BAD.values(), ids=BAD)
def test_a_log_without_a_usable_baseline_says_what_to_do(aws: Aws, details: dict[str, str]) -> None:
    with pytest.raises(Unsupported, match="no baseline says of which VPC it was; compare the VPCs' logs"):
        read(recreate, aws, replace(LOG, details=details))


@pytest.mark.parametrize("action", ["ec2:CreateTags", "iam:PassRole", "logs:CreateLogDelivery"])
def test_it_needs_leave_to_tag_to_deliver_and_to_hand_the_role_over(aws: Aws, action: str) -> None:
    with pytest.raises(ClientError, match=f"not authorized to perform: {action}"):
        round_trip(aws, recreate, LOG, tuple({*recreate.reads, *recreate.writes} - {action}))
