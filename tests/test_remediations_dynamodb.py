"""A table's deletion protection and its recovery are turned on, of that table and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Gone
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from remediations.dynamodb import enable_point_in_time_recovery
from remediations.dynamodb.restore_deletion_protection import remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

TABLE = Resource("AWS::DynamoDB::Table", "orders", ACCOUNT, REGION)


def described(aws: Aws, name: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("dynamodb").describe_table(TableName=name)["Table"]
    return found


def test_only_the_protection_of_only_that_table_changes_and_undo_takes_it_back(aws: Aws) -> None:
    make(aws, TABLE)
    before = {name: described(aws, name) for name in ("orders", "neighbour")}
    change = apply(aws, remediation, TABLE)
    assert change == ({"protected": False}, {"protected": True})
    assert described(aws, "orders") == {**before["orders"], "DeletionProtectionEnabled": True}
    assert described(aws, "neighbour") == before["neighbour"]
    undo(aws, remediation, TABLE, change)
    assert described(aws, "orders") == before["orders"]


def test_a_protected_table_cannot_be_deleted(aws: Aws) -> None:
    make(aws, TABLE)
    apply(aws, remediation, TABLE)
    dynamodb = aws.client("dynamodb")
    with pytest.raises(dynamodb.exceptions.ClientError, match="DeletionProtectionEnabled"):
        dynamodb.delete_table(TableName="orders")


def test_a_table_that_does_not_exist_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, TABLE)


def test_a_table_that_is_being_deleted_is_gone(aws: Aws) -> None:
    ok = type("Http", (), {"status_code": 200})()
    told = {"Table": {"TableStatus": "DELETING"}, "ResponseMetadata": {}}
    aws.client("dynamodb").meta.events.register("before-call.dynamodb.DescribeTable", lambda **_: (ok, told))
    with pytest.raises(Gone, match="is being deleted"):
        read(remediation, aws, TABLE)


def recovery(aws: Aws) -> dict[str, str]:
    """Return whether each table can be restored to a moment, as DynamoDB says it."""
    found = {}
    for name in ("orders", "neighbour"):
        told = aws.client("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        found[name] = told["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    return found


def test_only_that_table_can_be_restored_to_a_moment_and_undo_takes_it_back(aws: Aws) -> None:
    make(aws, TABLE)
    change = apply(aws, enable_point_in_time_recovery.remediation, TABLE)
    assert change == ({"enabled": False}, {"enabled": True})
    assert recovery(aws) == {"orders": "ENABLED", "neighbour": "DISABLED"}
    undo(aws, enable_point_in_time_recovery.remediation, TABLE, change)
    assert recovery(aws) == {"orders": "DISABLED", "neighbour": "DISABLED"}


def test_a_shorter_period_that_somebody_chose_stays(aws: Aws) -> None:
    make(aws, TABLE)
    week = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
    aws.client("dynamodb").update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification=week)
    assert not plan(enable_point_in_time_recovery.remediation, aws, TABLE).needed


def test_a_table_without_backups_because_it_does_not_exist_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(enable_point_in_time_recovery.remediation, aws, TABLE)
