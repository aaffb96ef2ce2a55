"""Somebody else signs with an IAM user's access key: switch off that one key and no other."""

from chalicelib.model import Rule, Severity
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import BREACH, CREDENTIALS
from rules.guardduty.credential_misuse import TYPES

rule = Rule(
    id="guardduty.long_term_key_misused",
    title="IAM access key is used by someone else",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": TYPES,
            "resource": {"accessKeyDetails": {"accessKeyId": [{"prefix": "AKIA"}]}},
        },
    },
    respond=(disable_access_key,),
    severity=Severity.HIGH,
    attack=("T1078.004",),
    controls={**CREDENTIALS, **BREACH},
    look_at=(
        "Search CloudTrail by this access key id for what it made: users, keys, roles, instances, and AssumeRole or"
        " GetSessionToken, whose sessions outlive the key. A root key cannot be switched off here: sign in as root."
    ),
)
