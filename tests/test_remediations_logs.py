"""A log group keeps its events for a year at least, and never for less than it did."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from lab.scenes.logs_log_group import NEIGHBOUR_DAYS, neighbour
from remediations.logs.restore_retention import read as read_alone
from remediations.logs.restore_retention import remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

GROUP = Resource("AWS::Logs::LogGroup", "/aws/cloudtrail/all", ACCOUNT, REGION)


def days(aws: Aws) -> dict[str, Any]:
    return {
        each["logGroupName"]: each.get("retentionInDays")
        for each in aws.client("logs").describe_log_groups()["logGroups"]
    }


def test_events_are_kept_for_a_year_and_a_group_of_a_similar_name_stays_as_it_is(aws: Aws) -> None:
    make(aws, GROUP)
    change = apply(aws, remediation, GROUP)
    assert change == ({"days": 3}, {"days": 365})
    assert days(aws) == {GROUP.id: 365, neighbour(GROUP): NEIGHBOUR_DAYS}
    undo(aws, remediation, GROUP, change)
    assert days(aws) == {GROUP.id: 3, neighbour(GROUP): NEIGHBOUR_DAYS}


@pytest.mark.parametrize("kept", [365, 400, 3653, None])
def test_what_is_kept_longer_or_for_ever_is_left_alone(aws: Aws, kept: int | None) -> None:
    aws.client("logs").create_log_group(logGroupName=GROUP.id)
    if kept:
        aws.client("logs").put_retention_policy(logGroupName=GROUP.id, retentionInDays=kept)
    assert not plan(remediation, aws, GROUP).needed
    assert read(remediation, aws, GROUP) == {"days": kept}


def test_a_deleted_group_is_gone_though_another_begins_with_its_name(aws: Aws) -> None:
    make(aws, GROUP)
    aws.client("logs").delete_log_group(logGroupName=GROUP.id)
    with pytest.raises(Gone, match="/aws/cloudtrail/all does not exist any more"):
        read(remediation, aws, GROUP)


def test_a_group_whose_retention_aws_fixes_says_so() -> None:
    class Fixed:
        def client(self, _: str) -> Fixed:
            return self

        def get_paginator(self, _: str) -> Fixed:
            return self

        def paginate(self, **_: str) -> list[dict[str, Any]]:
            return [{"logGroups": [{"logGroupName": GROUP.id, "logGroupClass": "DELIVERY", "retentionInDays": 2}]}]

    with pytest.raises(Unsupported, match="is of class DELIVERY"):
        read_alone(Fixed(), GROUP)  # type: ignore[arg-type]
