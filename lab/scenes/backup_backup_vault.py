"""A backup vault whose lock somebody removed, beside one that is still locked."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, vault: Resource) -> str:
    backup: Any = boto.client("backup")
    have = {each["BackupVaultName"] for each in backup.list_backup_vaults()["BackupVaultList"]}
    for name in (vault.id, NEIGHBOUR):
        if name not in have:
            backup.create_backup_vault(BackupVaultName=name)
    if NEIGHBOUR not in have:
        backup.put_backup_vault_lock_configuration(BackupVaultName=NEIGHBOUR, MinRetentionDays=7)
    return vault.id


def limited(boto: boto3.Session, vault: Resource) -> None:
    """Someone gives the lock a minimum retention."""
    backup: Any = boto.client("backup")
    backup.put_backup_vault_lock_configuration(BackupVaultName=vault.id, MinRetentionDays=30)


scene = Scene(
    resource_type="AWS::Backup::BackupVault",
    example="daily",
    make=make,
    drift={"backup.restore_vault_lock_policy": limited},
)
