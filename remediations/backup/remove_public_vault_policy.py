"""Take the statements that let anyone in out of a backup vault's policy, and leave the others as they are."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public_policy import changed, closed, state, text

NO_POLICY = "ResourceNotFoundException"


def read(aws: Session, vault: Resource) -> Json:
    """Return the public statements (see `public_policy.state`)."""
    aws.client("backup").describe_backup_vault(BackupVaultName=vault.id)  # a vault that is gone has no policy either
    return state(policy(aws, vault))


def desired(now: Json, vault: Resource) -> Json:
    return closed(now)


def write(aws: Session, vault: Resource, now: Json, then: Json) -> None:
    backup = aws.client("backup")
    if wanted := changed(policy(aws, vault), now, then):
        backup.put_backup_vault_access_policy(BackupVaultName=vault.id, Policy=text(wanted))
        return
    try:
        backup.delete_backup_vault_access_policy(BackupVaultName=vault.id)
    except ClientError as error:
        if error.response["Error"]["Code"] != NO_POLICY:
            raise


def policy(aws: Session, vault: Resource) -> Json:
    """Return the vault's access policy, or None when it has none."""
    try:
        found = aws.client("backup").get_backup_vault_access_policy(BackupVaultName=vault.id)
    except ClientError as error:
        if error.response["Error"]["Code"] != NO_POLICY:
            raise
        return None
    return json.loads(found.get("Policy") or "null")


remediation = Remediation(
    id="backup.remove_public_vault_policy",
    title="Remove public statements from a backup vault's policy",
    resource_type="AWS::Backup::BackupVault",
    reads=("backup:DescribeBackupVault", "backup:GetBackupVaultAccessPolicy"),
    writes=("backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"),
    pin=("arn:{partition}:backup:{region}:{account}:backup-vault:{id}",),
    impact=(
        "Other accounts that copied backups into the vault by a public statement alone no longer can, those of the"
        " organization too where nothing else names them. Backup plans and roles of the account go on by their own"
        " permissions. Denials in the policy stay, and so do the vault's recovery points, a stranger's too."
    ),
    read=read,
    desired=desired,
    write=write,
)
