"""A vault without a lock gets one that can be taken off again; a lock that is there stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Gone
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from remediations.backup.restore_vault_lock_policy import remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

VAULT = Resource("AWS::Backup::BackupVault", "daily", ACCOUNT, REGION)
PARTS = ("Locked", "MinRetentionDays", "MaxRetentionDays", "LockDate")


def vaults(aws: Aws) -> dict[str, dict[str, Any]]:
    found = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    return {each["BackupVaultName"]: {part: each[part] for part in PARTS if part in each} for each in found}


def test_the_vault_is_locked_without_limits_or_a_last_day_and_undo_unlocks_it(aws: Aws) -> None:
    make(aws, VAULT)
    before = vaults(aws)
    change = apply(aws, remediation, VAULT)
    assert change == ({"locked": False}, {"locked": True})
    assert vaults(aws) == {**before, "daily": {"Locked": True}}
    undo(aws, remediation, VAULT, change)
    assert vaults(aws) == before


LOCKS: dict[str, tuple[dict[str, int], dict[str, Any]]] = {
    "in governance mode": ({"MinRetentionDays": 7}, {"min": 7}),
    "with both limits": ({"MinRetentionDays": 7, "MaxRetentionDays": 30}, {"min": 7, "max": 30}),
    "in compliance mode": ({"MinRetentionDays": 7, "ChangeableForDays": 3}, {"min": 7, "final": True}),
}


@pytest.mark.parametrize(("lock", "state"), LOCKS.values(), ids=LOCKS)
def test_a_lock_that_is_there_stays_as_it_is(aws: Aws, lock: dict[str, int], state: dict[str, Any]) -> None:
    make(aws, VAULT)
    aws.client("backup").put_backup_vault_lock_configuration(BackupVaultName="daily", **lock)
    planned = plan(remediation, aws, VAULT)
    assert planned.before == planned.after == {"locked": True, **state}


def test_a_lock_that_somebody_made_stricter_meanwhile_is_drift(aws: Aws) -> None:
    make(aws, VAULT)
    _, after = apply(aws, remediation, VAULT)
    aws.client("backup").put_backup_vault_lock_configuration(BackupVaultName="daily", MinRetentionDays=30)
    assert read(remediation, aws, VAULT) == {"locked": True, "min": 30} != after


def test_a_vault_that_does_not_exist_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, VAULT)
