"""Macie found that a bucket was opened to the world or lost its protection: block it."""

from chalicelib.model import Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from rules.controls import BREACH, PUBLIC_STORAGE
from rules.securityhub.product import imported

rule = Rule(
    id="securityhub.macie_bucket_exposed",
    title="S3 bucket was opened to the public",
    pattern=imported(
        "macie",
        {"suffix": "/Policy:IAMUser-S3BucketPublic"},
        {"suffix": "/Policy:IAMUser-S3BlockPublicAccessDisabled"},
    ),
    respond=(block_public_access,),
    severity=Severity.HIGH,
    attack=("T1530", "T1562.001"),
    controls={**PUBLIC_STORAGE, **BREACH},
    look_at=(
        "The finding in Macie names who changed it, and whether sensitive data was found in the bucket before. Read its"
        " access logs for downloads since. If it is a website on purpose, undo this and protect the bucket by its tag."
    ),
)
