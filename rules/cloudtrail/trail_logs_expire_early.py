"""A bucket that by its name holds trails now deletes its objects within days; people are told before the logs go."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.trail_logs_expire_early",
    title="CloudTrail logs were set to expire within days",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutBucketLifecycle", "PutBucketLifecycleConfiguration"],
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "bucketName": [{"wildcard": "*trail*"}, {"prefix": "aws-controltower-logs"}],
                "LifecycleConfiguration": {
                    "Rule": {"Status": ["Enabled"], "Expiration": {"Days": [{"numeric": ["<=", 7]}]}}
                },
            },
        },
    },
    severity=Severity.HIGH,
    attack=("T1562.008", "T1485.001"),
    controls={
        "cis-aws": ("4.8",),
        "pci-dss": ("10.3.2", "10.5.1"),
        "soc2": ("CC7.2",),
        "hipaa": ("164.312(c)(1)",),
    },
    look_at=(
        "Take the lifecycle rule off today: S3 deletes at midnight UTC. A bucket that holds no audit logs is a false"
        " alarm; if it does, copy them elsewhere and contain whoever set the rule."
    ),
)
