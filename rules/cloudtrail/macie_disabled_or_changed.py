"""Macie was switched off or told to see less; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.macie_disabled_or_changed",
    title="Macie was disabled or changed",
    pattern={
        "source": ["aws.macie", "aws.macie2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "DisableMacie",
                        "DisableOrganizationAdminAccount",
                        "DisassociateFromAdministratorAccount",
                        "DisassociateFromMasterAccount",
                        "DisassociateMember",
                        "DeleteMember",
                        "UpdateMacieSession",
                        "UpdateMemberSession",
                    ]
                },
                {
                    "eventName": ["CreateFindingsFilter", "UpdateFindingsFilter"],
                    "requestParameters": {"action": ["ARCHIVE"]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls=SAFEGUARD,
    look_at=(
        "See whether Macie still runs and publishes as before; enable it again if nobody meant to change it. Look at"
        " what the same principal read from S3 around that time."
    ),
)
