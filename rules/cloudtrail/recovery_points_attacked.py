"""Somebody deletes recovery points, or what keeps others from it: ask whether to lock the vault against the next."""

from chalicelib.model import Mode, Rule, Severity
from remediations.backup.restore_vault_lock_policy import remediation as restore_vault_lock_policy
from rules.cloudtrail.by_hand import BY_HAND
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.recovery_points_attacked",
    title="Recovery points of a backup vault were deleted or exposed to deletion",
    pattern={
        "source": ["aws.backup"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            # AWS Backup deletes what has expired in its own name.
            "userIdentity": BY_HAND,
            "$or": [
                {"eventName": ["DeleteBackupVaultAccessPolicy", "DeleteRecoveryPoint"]},
                {
                    "eventName": ["UpdateRecoveryPointLifecycle"],
                    "requestParameters": {"lifecycle": {"deleteAfterDays": [{"numeric": ["<=", 7]}]}},
                },
            ],
        },
    },
    resources={"AWS::Backup::BackupVault": "detail.requestParameters.backupVaultName"},
    respond=(restore_vault_lock_policy,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1490", "T1485"),
    controls=DATA_LOSS,
    look_at=(
        "Approve unless somebody tidies up: the lock keeps what is left until it expires. What was deleted is gone; see"
        " whether a copy is in another vault, region or account, and contain the principal if nobody owns up."
    ),
    ask_actor=True,
)
