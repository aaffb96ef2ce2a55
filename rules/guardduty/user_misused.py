"""Somebody else acts as an IAM user without a key, in the console: ask before the user is denied everything."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.deny_user import remediation as deny_user
from rules.controls import CREDENTIALS
from rules.guardduty.credential_misuse import NO_KEY, USER

rule = Rule(
    id="guardduty.user_misused",
    title="IAM user's console session is used by someone else",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": USER, "resource": {"accessKeyDetails": {"accessKeyId": NO_KEY}}},
    },
    respond=(deny_user,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1078.004",),
    controls=CREDENTIALS,
    look_at=(
        "Ask the user where they signed in from. If it was not them: approve, change the password, set up MFA, and"
        " look at what the session made. Nothing to approve below means that the finding names no user of ours."
    ),
    ask_actor=True,
)
