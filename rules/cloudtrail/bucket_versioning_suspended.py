"""A bucket keeps no older versions any more, so that what is overwritten is lost: have it keep them again."""

from chalicelib.model import Rule, Severity
from remediations.s3.enable_versioning import remediation as enable_versioning
from rules.controls import DESTRUCTION

rule = Rule(
    id="cloudtrail.bucket_versioning_suspended",
    title="Versioning of an S3 bucket was suspended",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutBucketVersioning"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"VersioningConfiguration": {"Status": ["Suspended"]}},
        },
    },
    resources={"AWS::S3::Bucket": "detail.requestParameters.bucketName"},
    respond=(enable_versioning,),
    severity=Severity.MEDIUM,
    attack=("T1490", "T1485"),
    controls=DESTRUCTION,
    look_at=(
        "Ask whoever suspended it. It comes before data is overwritten or encrypted for ransom: look for deletions and"
        " many writes by the same principal, here and in other buckets."
    ),
    ask_actor=True,
)
