"""AWS Config found a bucket that is, or could become, public: block it."""

from chalicelib.model import Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from rules.config.named import noncompliant
from rules.controls import PUBLIC_STORAGE

rule = Rule(
    id="config.bucket_public",
    title="S3 bucket allows public access",
    pattern=noncompliant("AWS::S3::Bucket", "s3-bucket-public", "s3-bucket-level-public-access-prohibited"),
    respond=(block_public_access,),
    severity=Severity.HIGH,
    attack=("T1530",),
    controls=PUBLIC_STORAGE,
    look_at=(
        "Ask the owner what the bucket is for. If it is a website on purpose, undo this, protect the bucket by its tag,"
        " and plan to serve it through CloudFront."
    ),
)
