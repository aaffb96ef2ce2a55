"""A trail was deleted, or told to record less or elsewhere; nothing brings a deleted trail back, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import AUDIT_TRAIL

rule = Rule(
    id="cloudtrail.trail_deleted_or_changed",
    title="CloudTrail trail was deleted or changed",
    pattern={
        "source": ["aws.cloudtrail"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "DeleteTrail",
                "UpdateTrail",
                "PutEventSelectors",
                "PutInsightSelectors",
                "DeleteEventDataStore",
                "StopEventDataStoreIngestion",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls=AUDIT_TRAIL,
    look_at=(
        "A deleted trail cannot be undone, only made again: create it with its old bucket, key and selectors, and start"
        " it; the logs in S3 stay. For a changed one compare bucket, regions and selectors with what they should be."
    ),
)
