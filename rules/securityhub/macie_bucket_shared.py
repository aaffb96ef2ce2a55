"""Macie found a bucket shared with an outsider, or without default encryption; only people know whether it is meant."""

from chalicelib.model import Rule, Severity
from rules.securityhub.product import imported

rule = Rule(
    id="securityhub.macie_bucket_shared",
    title="S3 bucket is shared outside or weaker than before",
    pattern=imported(
        "macie",
        {"suffix": "/Policy:IAMUser-S3BucketSharedExternally"},
        {"suffix": "/Policy:IAMUser-S3BucketSharedWithCloudFront"},
        {"suffix": "/Policy:IAMUser-S3BucketEncryptionDisabled"},
    ),
    severity=Severity.MEDIUM,
    attack=("T1537", "T1530"),
    controls={"pci-dss": ("7.2.1",), "soc2": ("CC6.1",), "hipaa": ("164.312(a)(1)",), "gdpr": ("32",)},
    look_at=(
        "Look up the accounts that the bucket's policy and ACL name. A partner you know: suppress the finding. Nobody"
        " you know: take them out of the policy, and find in CloudTrail who put them in."
    ),
)
