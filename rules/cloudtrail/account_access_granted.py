"""Identity Center lets somebody into an account: that is daily work, so people are told, and no more than that."""

from chalicelib.model import Rule, Severity
from rules.controls import PRIVILEGE

rule = Rule(
    id="cloudtrail.account_access_granted",
    title="Access to an account was granted in Identity Center",
    pattern={
        "source": ["aws.sso"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["CreateAccountAssignment"], "errorCode": [{"exists": False}]},
    },
    severity=Severity.LOW,
    attack=("T1098.003",),
    controls={**PRIVILEGE, "cis-aws": ("4.4",)},
    look_at=(
        "See whether a request or your code asked for this principal in this account. If not: delete the assignment,"
        " revoke the permission set's sessions, and disable the user in Identity Center."
    ),
)
