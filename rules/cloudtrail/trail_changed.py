"""A trail was turned elsewhere, or what else CloudTrail keeps was taken away; people know if it was meant."""

from chalicelib.model import Rule, Severity
from rules.controls import AUDIT_TRAIL

rule = Rule(
    id="cloudtrail.trail_changed",
    title="CloudTrail was changed or an event data store deleted",
    pattern={
        "source": ["aws.cloudtrail"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "PutInsightSelectors",
                        "DeleteEventDataStore",
                        "StopEventDataStoreIngestion",
                        "DeregisterOrganizationDelegatedAdmin",
                    ]
                },
                {
                    "eventName": ["UpdateEventDataStore"],
                    "requestParameters": {
                        "$or": [
                            {"terminationProtectionEnabled": [False]},
                            {"multiRegionEnabled": [False]},
                            {"retentionPeriod": [{"exists": True}]},
                        ]
                    },
                },
                {
                    "eventName": ["UpdateTrail"],
                    "requestParameters": {
                        "isMultiRegionTrail": [{"exists": False}, True],
                        "includeGlobalServiceEvents": [{"exists": False}, True],
                        "enableLogFileValidation": [{"exists": False}, True],
                    },
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.008",),
    controls=AUDIT_TRAIL,
    look_at=(
        "Nothing is changed back, for only people know which bucket, key or store is meant: compare them with what"
        " they should be. RestoreEventDataStore brings a deleted store back within seven days; a key or bucket of"
        " another account takes your logs away."
    ),
)
