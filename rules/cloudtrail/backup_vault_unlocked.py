"""Somebody took the lock off a backup vault: lock it again, before its recovery points go."""

from chalicelib.model import Rule, Severity
from remediations.backup.restore_vault_lock_policy import remediation as restore_vault_lock_policy
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.backup_vault_unlocked",
    title="Lock of a backup vault was removed",
    pattern={
        "source": ["aws.backup"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DeleteBackupVaultLockConfiguration"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::Backup::BackupVault": "detail.requestParameters.backupVaultName"},
    respond=(restore_vault_lock_policy,),
    severity=Severity.HIGH,
    attack=("T1490", "T1562.001"),
    controls=DATA_LOSS,
    look_at=(
        "Set the retention limits that the lock had again: AWS does not tell them. Ask whoever removed it; if it was"
        " not them, contain that principal, and see whether recovery points were deleted meanwhile."
    ),
    ask_actor=True,
)
