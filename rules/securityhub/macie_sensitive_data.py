"""Macie found sensitive data in a bucket: people are told, and asked to block it where it could become public."""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from rules.controls import PUBLIC_STORAGE
from rules.securityhub.product import imported

rule = Rule(
    id="securityhub.macie_sensitive_data",
    title="Sensitive data was found in an S3 bucket",
    # Macie rates by what it found and how much of it: what is less stays with Macie.
    pattern=imported("macie", {"wildcard": "*/SensitiveData:S3Object-*"}, Severity={"Label": ["HIGH", "CRITICAL"]}),
    respond=(block_public_access,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1530", "T1552.001"),
    controls=PUBLIC_STORAGE,
    look_at=(
        "Ask the owner whether this data belongs there. Keys and passwords that were found: change them today. If the"
        " bucket is not blocked yet, approve unless it is meant to be public, and then move the object out."
    ),
)
