"""A bucket is gone, or what kept its objects from deletion; neither comes back by a setting, so people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND
from rules.controls import DESTRUCTION

rule = Rule(
    id="cloudtrail.bucket_deleted_or_unlocked",
    title="S3 bucket was deleted or lost its lock",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
            "$or": [
                {"eventName": ["DeleteBucket"]},
                {
                    # No default retention any more: objects written from now on are not locked.
                    "eventName": ["PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"],
                    "requestParameters": {
                        "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": [{"exists": False}]}}}
                    },
                },
                {
                    "eventName": ["PutBucketVersioning"],
                    "requestParameters": {
                        "VersioningConfiguration": {"Status": ["Enabled"], "MfaDelete": ["Disabled"]}
                    },
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1485", "T1490"),
    controls=DESTRUCTION,
    look_at=(
        "Ask whether it was meant to go. Only an empty bucket can be deleted: see who emptied it. Make a bucket of that"
        " name again at once if anything still writes to it: the name is free for strangers."
    ),
    ask_actor=True,
)
