"""Lock a backup vault in governance mode, so that nobody deletes its recovery points or shortens their life."""

from chalicelib.model import Json, Remediation, Resource, Session

LIMITS = {"min": "MinRetentionDays", "max": "MaxRetentionDays"}


def read(aws: Session, vault: Resource) -> Json:
    """Return `{"locked": bool}`, with what the lock says: `min`, `max` (days), `final` if AWS will not take it off."""
    found = aws.client("backup").describe_backup_vault(BackupVaultName=vault.id)
    limits = {ours: found[theirs] for ours, theirs in LIMITS.items() if found.get(theirs)}
    final = {"final": True} if found.get("LockDate") else {}
    return {"locked": bool(found.get("Locked")), **limits, **final}


def desired(now: Json, vault: Resource) -> Json:
    return now if now["locked"] else {"locked": True}


def write(aws: Session, vault: Resource, now: Json, then: Json) -> None:
    backup = aws.client("backup")
    if then["locked"]:
        # Never with ChangeableForDays: that lock could not be taken off after some days, by nobody.
        limits = {theirs: then[ours] for ours, theirs in LIMITS.items() if ours in then}
        backup.put_backup_vault_lock_configuration(BackupVaultName=vault.id, **limits)
    else:
        backup.delete_backup_vault_lock_configuration(BackupVaultName=vault.id)


remediation = Remediation(
    id="backup.restore_vault_lock_policy",
    title="Lock a backup vault",
    resource_type="AWS::Backup::BackupVault",
    reads=("backup:DescribeBackupVault",),
    writes=("backup:PutBackupVaultLockConfiguration", "backup:DeleteBackupVaultLockConfiguration"),
    pin=("arn:{partition}:backup:{region}:{account}:backup-vault:{id}",),
    impact=(
        "Nobody can delete a recovery point of the vault or change how long it is kept; they expire as their plans say,"
        " and cost until then. It is a lock in governance mode without retention limits: AWS does not tell what the"
        " lock or the access policy said that somebody removed, so set those again by hand. Who may remove a vault's"
        " lock can remove this one, and recovery points that were deleted are not brought back."
    ),
    confirm_undo="Undo unlocks the vault: its recovery points can be deleted again.",
    read=read,
    desired=desired,
    write=write,
)
