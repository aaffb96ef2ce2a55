"""A backup vault that anybody may copy into and whose lock somebody removed, beside one that is still locked."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab.fakes import backup as fakes
from lab.scene import Scene

NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, vault: Resource) -> str:
    fakes.apply()
    backup: Any = boto.client("backup")
    have = {each["BackupVaultName"] for each in backup.list_backup_vaults()["BackupVaultList"]}
    for name in (vault.id, NEIGHBOUR):
        if name not in have:
            backup.create_backup_vault(BackupVaultName=name)
    if NEIGHBOUR not in have:
        backup.put_backup_vault_lock_configuration(BackupVaultName=NEIGHBOUR, MinRetentionDays=7)
        put_policy(boto, NEIGHBOUR, statement("own", owner(vault)))
    put_policy(boto, vault.id, statement("anybody", "*"))
    return vault.id


def put_policy(boto: boto3.Session, name: str, *statements: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    boto.client("backup").put_backup_vault_access_policy(BackupVaultName=name, Policy=json.dumps(policy))


def statement(sid: str, principal: Any) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
    }


def owner(vault: Resource) -> dict[str, str]:
    return {"AWS": f"arn:{vault.partition}:iam::{vault.account}:root"}


def own_policy(boto: boto3.Session, vault: Resource) -> None:
    """Someone gives the vault, left without a policy, one for its own account."""
    put_policy(boto, vault.id, statement("own", owner(vault)))


def limited(boto: boto3.Session, vault: Resource) -> None:
    """Someone gives the lock a minimum retention."""
    backup: Any = boto.client("backup")
    backup.put_backup_vault_lock_configuration(BackupVaultName=vault.id, MinRetentionDays=30)


scene = Scene(
    resource_type="AWS::Backup::BackupVault",
    example="daily",
    make=make,
    drift={"backup.remove_public_vault_policy": own_policy, "backup.restore_vault_lock_policy": limited},
)
