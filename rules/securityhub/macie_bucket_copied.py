"""Macie found that a bucket is copied into an account outside the organization: ask, then stop the replication."""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.remove_foreign_replication import remediation as remove_foreign_replication
from rules.controls import BREACH
from rules.securityhub.product import imported

rule = Rule(
    id="securityhub.macie_bucket_copied",
    title="S3 bucket is copied to another organization",
    pattern=imported("macie", {"suffix": "/Policy:IAMUser-S3BucketReplicatedExternally"}),
    respond=(remove_foreign_replication,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1537",),
    controls={"pci-dss": ("7.2.1",), "soc2": ("CC6.1", "CC6.7"), "hipaa": ("164.312(e)(1)",), **BREACH},
    look_at=(
        "Ask the owner whose account the objects go to; a contract may say so. Nobody's: approve, and find in"
        " CloudTrail who called PutBucketReplication. What was copied stays there: count it as out."
    ),
)
