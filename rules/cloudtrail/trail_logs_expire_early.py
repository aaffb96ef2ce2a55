"""A bucket that by its name holds trails now deletes its objects within days: disable that before the logs go."""

from chalicelib.model import Rule, Severity
from remediations.s3.remove_destructive_lifecycle import remediation as remove_destructive_lifecycle
from rules.cloudtrail import lifecycle

rule = Rule(
    id="cloudtrail.trail_logs_expire_early",
    title="CloudTrail logs were set to expire within days",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": lifecycle.SET,
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "bucketName": [{"wildcard": "*trail*"}, {"prefix": "aws-controltower-logs"}],
                "LifecycleConfiguration": lifecycle.SOON,
            },
        },
    },
    resources={"AWS::S3::Bucket": "detail.requestParameters.bucketName"},
    respond=(remove_destructive_lifecycle,),
    severity=Severity.HIGH,
    attack=("T1562.008", "T1485.001"),
    controls={
        "cis-aws": ("4.8",),
        "pci-dss": ("10.3.2", "10.5.1"),
        "soc2": ("CC7.2",),
        "hipaa": ("164.312(c)(1)",),
    },
    look_at=(
        "Ask whoever set the rule, and contain that principal if nobody meant it. What S3 marked as expired at midnight"
        " UTC may go all the same: copy the logs elsewhere if the rule stood over it. A bucket that holds no audit logs"
        " is a false alarm: undo it."
    ),
)
