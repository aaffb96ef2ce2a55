"""A bucket now deletes its objects within days: ask, since a bucket for scratch files does so on purpose.

Buckets that hold trails by their names are those of `cloudtrail.trail_logs_expire_early`.
"""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.remove_destructive_lifecycle import remediation as remove_destructive_lifecycle
from rules.cloudtrail import lifecycle
from rules.controls import DESTRUCTION

rule = Rule(
    id="cloudtrail.bucket_objects_expire_soon",
    title="S3 objects were set to expire within days",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": lifecycle.SET,
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "bucketName": [{"anything-but": {"wildcard": ["*trail*", "aws-controltower-logs*"]}}],
                "LifecycleConfiguration": lifecycle.SOON,
            },
        },
    },
    resources={"AWS::S3::Bucket": "detail.requestParameters.bucketName"},
    respond=(remove_destructive_lifecycle,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1485.001",),
    controls={**DESTRUCTION, "cis-aws": ("4.8",)},
    look_at=(
        "Approve today unless the bucket holds scratch files: S3 deletes at midnight UTC. Extortionists set this beside"
        " a ransom note: look for objects written over with another key."
    ),
)
