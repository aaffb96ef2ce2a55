"""Somebody changed by hand what a bucket allows, keeps or serves, yet opened it to nobody; people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND

rule = Rule(
    id="cloudtrail.bucket_settings_changed",
    title="Settings of an S3 bucket were changed by hand",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
            "$or": [
                {
                    "eventName": [
                        "DeleteBucketCors",
                        "DeleteBucketLifecycle",
                        "DeleteBucketOwnershipControls",
                        "DeleteBucketPolicy",
                        "DeleteBucketReplication",
                        "PutBucketCors",
                        "PutBucketWebsite",
                    ]
                },
                {
                    # Access control lists count again.
                    "eventName": ["PutBucketOwnershipControls"],
                    "requestParameters": {
                        "OwnershipControls": {"Rule": {"ObjectOwnership": ["BucketOwnerPreferred", "ObjectWriter"]}}
                    },
                },
            ],
        },
    },
    severity=Severity.LOW,
    attack=("T1578.005",),
    controls={"cis-aws": ("4.8",), "soc2": ("CC7.2",)},
    look_at=(
        "Ask for the change that this belongs to. A policy may have held denials (TLS only, own network only) and"
        " replication the only backup: put them back from your templates if nobody knows of it."
    ),
)
