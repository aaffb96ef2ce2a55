"""IAM Access Analyzer proved that anybody can reach a bucket: block it."""

from chalicelib.model import Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from rules.accessanalyzer.shared import shared
from rules.controls import PUBLIC_STORAGE

rule = Rule(
    id="accessanalyzer.bucket_public",
    title="S3 bucket is public",
    pattern=shared("AWS::S3::Bucket", public=True),
    respond=(block_public_access,),
    severity=Severity.HIGH,
    attack=("T1530",),
    controls={**PUBLIC_STORAGE, "cis-aws": ("1.20", "2.1.4")},
    look_at=(
        "The finding names the statement that opens it: remove that and the block has nothing left to hold. If it is a"
        " website on purpose, undo this and archive the finding."
    ),
)
