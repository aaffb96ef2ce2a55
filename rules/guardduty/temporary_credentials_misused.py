"""Somebody else uses temporary credentials: deny that one session, or the user whom a GetSessionToken session is of."""

from chalicelib.model import Rule, Severity
from remediations.iam.deny_role_session import remediation as deny_role_session
from remediations.iam.deny_user import remediation as deny_user
from rules.controls import BREACH, CREDENTIALS
from rules.guardduty.credential_misuse import TYPES

rule = Rule(
    id="guardduty.temporary_credentials_misused",
    title="Temporary credentials are used by someone else",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": TYPES,
            "resource": {"accessKeyDetails": {"accessKeyId": [{"prefix": "ASIA"}]}},
        },
    },
    respond=(deny_role_session, deny_user),
    severity=Severity.HIGH,
    attack=("T1078.004", "T1550.001"),
    controls={**CREDENTIALS, **BREACH},
    look_at=(
        "Find where the session came from: an instance or function (the session name says which), or whoever called"
        " AssumeRole or GetSessionToken. That source can issue new ones until it is contained too."
    ),
)
