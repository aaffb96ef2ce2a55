"""A backup vault's access policy lets anybody in: ask, and take those statements out."""

from chalicelib.model import Mode, Rule, Severity
from remediations.backup.remove_public_vault_policy import remediation as remove_public_vault_policy
from rules.cloudtrail.anybody import ANYBODY
from rules.controls import PUBLIC_DATA

rule = Rule(
    id="cloudtrail.backup_vault_opened",
    title="Backup vault was opened to everyone",
    pattern={
        "source": ["aws.backup"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutBackupVaultAccessPolicy"],
            "errorCode": [{"exists": False}],
            # A policy that denies everybody something says so; one that only denies is as it should be.
            "requestParameters": {"policy": ANYBODY},
        },
    },
    resources={"AWS::Backup::BackupVault": "detail.requestParameters.backupVaultName"},
    respond=(remove_public_vault_policy,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.MEDIUM,
    attack=("T1537", "T1562.001"),
    controls=PUBLIC_DATA,
    look_at=(
        "Ask who is meant, and name those accounts or the organization in the policy instead. Look in the vault for"
        " recovery points that strangers copied into it; never restore from one."
    ),
)
