"""An account left the organization, was put out of it or closed: none of its safeguards holds there any more.

People are told. Nobody can take an account back without its owner's consent.
"""

from chalicelib.model import Rule, Severity
from rules.controls import ORGANIZATION

rule = Rule(
    id="cloudtrail.account_left_organization",
    title="Account left the organization",
    pattern={
        "source": ["aws.organizations"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["LeaveOrganization", "RemoveAccountFromOrganization", "CloseAccount", "DeleteOrganization"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.CRITICAL,
    attack=("T1666", "T1531"),
    controls=ORGANIZATION,
    look_at=(
        "Ask those who run the organization. If nobody planned it: invite the account again and accept as its root; a"
        " closed one can be reopened through AWS Support for 90 days. Service control policies did not hold meanwhile."
    ),
    ask_actor=True,
)
