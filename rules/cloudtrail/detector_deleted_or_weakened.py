"""GuardDuty was deleted, or told to see less: members left, findings hidden, addresses trusted; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import DETECTION

rule = Rule(
    id="cloudtrail.detector_deleted_or_weakened",
    title="GuardDuty was deleted or weakened",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "DeleteDetector",
                        "DeleteMembers",
                        "DeletePublishingDestination",
                        "DeleteThreatIntelSet",
                        "DisableOrganizationAdminAccount",
                        "DisassociateFromAdministratorAccount",
                        "DisassociateFromMasterAccount",
                        "DisassociateMembers",
                        "StopMonitoringMembers",
                        "CreateIPSet",
                        "UpdateIPSet",
                    ]
                },
                {"eventName": ["CreateFilter", "UpdateFilter"], "requestParameters": {"action": ["ARCHIVE"]}},
                {
                    "eventName": ["UpdateDetector", "UpdateMemberDetectors", "UpdateOrganizationConfiguration"],
                    "requestParameters": {"features": {"status": ["DISABLED"]}},
                },
                {
                    "eventName": ["UpdateDetector", "UpdateMemberDetectors"],
                    "requestParameters": {"dataSources": {"s3Logs": {"enable": [False]}}},
                },
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=DETECTION,
    look_at=(
        "A deleted detector cannot be undone: make a new one; its findings are lost here but stay in Security Hub."
        " For trusted lists and archive filters, see which addresses or finding types they hide, and remove them."
    ),
)
