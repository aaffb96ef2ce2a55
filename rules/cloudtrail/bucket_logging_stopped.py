"""Somebody turned the access log of a bucket off: turn it on again, into where it went."""

from chalicelib.model import Rule, Severity
from remediations.s3.restore_logging import remediation as restore_logging

rule = Rule(
    id="cloudtrail.bucket_logging_stopped",
    title="Access log of an S3 bucket was turned off",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutBucketLogging"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": [{"exists": False}]}}},
        },
    },
    resources={"AWS::S3::Bucket": "detail.requestParameters.bucketName"},
    respond=(restore_logging,),
    severity=Severity.MEDIUM,
    attack=("T1562.008",),
    controls={"pci-dss": ("10.2.1", "10.7.2"), "soc2": ("CC7.2",), "hipaa": ("164.312(b)",)},
    look_at=(
        "Ask whoever turned it off. Who read or deleted objects meanwhile is in no access log: look at CloudTrail's"
        " data events if the bucket has them. It fails where AWS Config never saw the log: then turn it on by hand."
    ),
)
