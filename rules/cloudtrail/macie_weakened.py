"""Macie was told to look at less or to tell it later; people know what was meant, and are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.macie_weakened",
    title="Macie was weakened",
    pattern={
        "source": ["aws.macie", "aws.macie2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["UpdateMacieSession"],
                    "requestParameters": {"status": [{"exists": False}, "ENABLED"]},
                },
                {"eventName": ["UpdateMemberSession"]},
                {"eventName": ["CreateAllowList", "DeleteCustomDataIdentifier", "UpdateAllowList"]},
                {
                    "eventName": ["UpdateClassificationJob"],
                    "requestParameters": {"jobStatus": ["CANCELLED", "USER_PAUSED"]},
                },
                {
                    "eventName": ["UpdateAutomatedDiscoveryConfiguration"],
                    "requestParameters": {"status": ["DISABLED"]},
                },
                {
                    "eventName": ["UpdateOrganizationConfiguration"],
                    "requestParameters": {"autoEnable": [False]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls=SAFEGUARD,
    look_at=(
        "See whether Macie still runs, looks for what it should and publishes as before; set it back if nobody meant"
        " to change it. Look at what the same principal read from S3 around that time."
    ),
)
