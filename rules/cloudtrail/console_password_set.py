"""Somebody set a user's console password: a way in that needs no key; ask before the console is denied."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.remove_console_access import remediation as remove_console_access
from rules.controls import NEW_CREDENTIAL

rule = Rule(
    id="cloudtrail.console_password_set",
    title="Console password was set for a user",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            # Who changes their own password calls ChangePassword.
            "eventName": ["CreateLoginProfile", "UpdateLoginProfile"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"userName": [{"exists": True}]},
        },
    },
    resources={"AWS::IAM::User": "detail.requestParameters.userName"},
    respond=(remove_console_access,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1098.001", "T1136.003"),
    controls=NEW_CREDENTIAL,
    look_at=(
        "Ask whoever set it, and the user. A new colleague or a forgotten password: nothing to do. If nobody knows:"
        " approve, contain the one who set it, and look for sign-ins of the user since."
    ),
    ask_actor=True,
)
