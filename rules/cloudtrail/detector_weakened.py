"""GuardDuty was told to trust addresses or to tell nobody; only people know which lists are meant."""

from chalicelib.model import Rule, Severity
from rules.controls import DETECTION

rule = Rule(
    id="cloudtrail.detector_weakened",
    title="GuardDuty was weakened",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "CreateIPSet",
                        "CreateTrustedEntitySet",
                        "UpdateIPSet",
                        "UpdateTrustedEntitySet",
                        "DeleteMalwareProtectionPlan",
                        "DeletePublishingDestination",
                        "DeleteThreatEntitySet",
                        "DeleteThreatIntelSet",
                        "UpdatePublishingDestination",
                    ]
                },
                {
                    "eventName": ["UpdateThreatIntelSet", "UpdateThreatEntitySet"],
                    "requestParameters": {"activate": [False]},
                },
                {
                    "eventName": ["UpdateMemberDetectors"],
                    "requestParameters": {
                        "$or": [
                            {"features": {"status": ["DISABLED"]}},
                            {"dataSources": {"s3Logs": {"enable": [False]}}},
                        ]
                    },
                },
                {
                    "eventName": ["UpdateOrganizationConfiguration"],
                    "requestParameters": {
                        "$or": [
                            {"autoEnable": [False]},
                            {"autoEnableOrganizationMembers": ["NONE"]},
                            {"features": {"autoEnable": ["NONE"]}},
                        ]
                    },
                },
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=DETECTION,
    look_at=(
        "See which addresses, members or finding types it hides, and take it back unless a change asked for it:"
        " GuardDuty tells nothing of trusted addresses. Read what they did in CloudTrail since then."
    ),
)
