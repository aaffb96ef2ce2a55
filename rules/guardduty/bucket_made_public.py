"""Somebody opened an S3 bucket to the world or took its protection away: close it again."""

from chalicelib.model import Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from rules.controls import BREACH, PUBLIC_STORAGE

rule = Rule(
    id="guardduty.bucket_made_public",
    title="S3 bucket was opened to the public",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "Policy:S3/BucketAnonymousAccessGranted"},
                {"prefix": "Policy:S3/BucketPublicAccessGranted"},
                {"prefix": "Policy:S3/BucketBlockPublicAccessDisabled"},
            ]
        },
    },
    respond=(block_public_access,),
    severity=Severity.HIGH,
    attack=("T1530", "T1562.001"),
    controls={**PUBLIC_STORAGE, **BREACH},
    look_at=(
        "Ask who opened it and why, then read the bucket's data events or access logs for downloads since. If it is a"
        " website on purpose, undo this and protect the bucket by its tag."
    ),
)
