"""Backups of databases were deleted or will be made no more; AWS keeps no copy of them, so people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.backups_deleted",
    title="Backups were deleted or stopped",
    pattern={
        "source": ["aws.backup", "aws.dynamodb", "aws.rds", "aws.redshift"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            # AWS Backup and other services delete what has expired in their own name.
            "userIdentity": BY_HAND,
            "$or": [
                {
                    "eventName": [
                        "DeleteBackup",
                        "DeleteBackupPlan",
                        "DeleteBackupSelection",
                        "DeleteBackupVault",
                        "DeleteClusterSnapshot",
                        "DeleteDBClusterAutomatedBackup",
                        "DeleteDBClusterSnapshot",
                        "DeleteDBInstanceAutomatedBackup",
                        "DeleteDBSnapshot",
                        "DisassociateRecoveryPoint",
                        "UpdateBackupPlan",
                    ]
                },
                {
                    "eventName": ["ModifyDBCluster", "ModifyDBInstance"],
                    "requestParameters": {"backupRetentionPeriod": [0]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1490", "T1485"),
    controls=DATA_LOSS,
    look_at=(
        "See what is left to restore from, in this region and others, and take a backup now if none is. If nobody owns"
        " up, contain that principal at once: whoever deletes backups destroys the data next. Compare a changed plan"
        " with what it should be."
    ),
    ask_actor=True,
)
