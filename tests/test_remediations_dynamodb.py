"""Protecting a table from deletion touches that table's protection and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Gone
from chalicelib.model import Resource
from chalicelib.reconcile import read
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
