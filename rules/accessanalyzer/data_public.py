"""IAM Access Analyzer proved that anybody can take a snapshot, read a secret or use a key: close it."""

from chalicelib.model import Rule, Severity
from remediations.ec2.make_snapshot_private import remediation as make_volume_snapshot_private
from remediations.kms.remove_public_key_policy_statements import remediation as remove_public_key_statements
from remediations.rds.make_cluster_snapshot_private import remediation as make_cluster_snapshot_private
from remediations.rds.make_snapshot_private import remediation as make_database_snapshot_private
from remediations.secretsmanager.remove_public_policy import remediation as remove_public_secret_policy
from rules.accessanalyzer.shared import shared
from rules.controls import BREACH, PUBLIC_STORAGE

rule = Rule(
    id="accessanalyzer.data_public",
    title="Snapshot, secret or key is public",
    pattern=shared(
        "AWS::EC2::Snapshot",
        "AWS::RDS::DBSnapshot",
        "AWS::RDS::DBClusterSnapshot",
        "AWS::SecretsManager::Secret",
        "AWS::KMS::Key",
        public=True,
    ),
    respond=(
        make_volume_snapshot_private,
        make_database_snapshot_private,
        make_cluster_snapshot_private,
        remove_public_secret_policy,
        remove_public_key_statements,
    ),
    severity=Severity.HIGH,
    attack=("T1537", "T1530"),
    controls={**PUBLIC_STORAGE, **BREACH, "cis-aws": ("1.20",)},
    look_at=(
        "Find in CloudTrail who opened it and since when, and who used it: of a copied snapshot there is no trace, so"
        " count its data and passwords as out. Change a secret that was public."
    ),
)
