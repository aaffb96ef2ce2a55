"""An account left the one that watches it, or there is none any more; it takes both sides to mend."""

from chalicelib.model import Rule, Severity
from rules.controls import DETECTION

rule = Rule(
    id="cloudtrail.administrator_removed",
    title="Account was taken from the security administrator",
    pattern={
        "source": ["aws.guardduty", "aws.securityhub", "aws.macie2", "aws.inspector2", "aws.detective", "aws.fms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "DeleteMember",
                "DeleteMembers",
                "DisableDelegatedAdminAccount",
                "DisableOrganizationAdminAccount",
                "DisassociateAdminAccount",
                "DisassociateFromAdministratorAccount",
                "DisassociateFromMasterAccount",
                "DisassociateMember",
                "DisassociateMembers",
                "DisassociateMembership",
                "StopMonitoringMembers",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=DETECTION,
    look_at=(
        "Findings of these accounts no longer reach the security account, and its settings no longer hold there."
        " Unless an account is being closed: have the administrator take it in again, see that the service still runs"
        " there, and contain who did it."
    ),
)
