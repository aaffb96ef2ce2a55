"""Security Hub found a bucket that is, or could become, public: block it."""

from chalicelib.model import Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from rules.controls import PUBLIC_STORAGE
from rules.securityhub.control import failed

rule = Rule(
    id="securityhub.bucket_public",
    title="S3 bucket allows public access",
    pattern=failed("S3.2", "S3.3", "S3.8", "PCI.S3.1", "PCI.S3.2"),
    respond=(block_public_access,),
    severity=Severity.HIGH,
    attack=("T1530",),
    controls=PUBLIC_STORAGE,
    look_at=(
        "Ask the owner what the bucket is for. If it is a website on purpose, undo this, protect the bucket by its tag,"
        " and plan to serve it through CloudFront."
    ),
)
