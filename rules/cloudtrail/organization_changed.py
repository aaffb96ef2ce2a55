"""The organization got an account, or one was moved to where other policies hold; people are told.

An account that is moved by mistake is moved back by those who know where it belongs; the event says from where.
"""

from chalicelib.model import Rule, Severity
from rules.controls import ORGANIZATION

rule = Rule(
    id="cloudtrail.organization_changed",
    title="Accounts of the organization were changed",
    pattern={
        "source": ["aws.organizations"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "MoveAccount",
                "CreateAccount",
                "CreateGovCloudAccount",
                "InviteAccountToOrganization",
                "AcceptHandshake",
                "InviteOrganizationToTransferResponsibility",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1666", "T1136.003"),
    controls=ORGANIZATION,
    look_at=(
        "Ask those who run the organization. A moved account obeys the policies of where it is now: move it back to"
        " sourceParentId unless a change asked for it. See that a new account has countermeasure's template."
    ),
    ask_actor=True,
)
