"""A session makes calls that are unlike its role or user: ask the person, and on-call before it is denied."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.deny_role_session import remediation as deny_role_session
from remediations.iam.deny_user import remediation as deny_user
from rules.controls import CREDENTIALS
from rules.guardduty.credential_misuse import NO_KEY, UNUSUAL_BUCKET, UNUSUAL_USER

rule = Rule(
    id="guardduty.session_used_unusually",
    title="Session is used in an unusual way",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {
                    "type": UNUSUAL_USER,
                    "resource": {"accessKeyDetails": {"accessKeyId": [{"prefix": "ASIA"}, *NO_KEY]}},
                },
                {"type": UNUSUAL_BUCKET, "resource": {"accessKeyDetails": {"accessKeyId": [{"prefix": "ASIA"}]}}},
            ]
        },
    },
    respond=(
        deny_role_session,
        deny_user,
    ),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1078.004", "T1098"),
    controls=CREDENTIALS,
    look_at=(
        "Ask whoever is behind the session, or the pipeline's owner, about a release or a new tool. If nobody"
        " knows it, approve, and find where the session came from: AssumeRole in CloudTrail, by this access key id."
    ),
    ask_actor=True,
)
