"""An IAM access key makes calls that are unlike its user: ask the user, and on-call before the key is switched off."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import CREDENTIALS
from rules.guardduty.credential_misuse import UNUSUAL

rule = Rule(
    id="guardduty.key_used_unusually",
    title="IAM access key is used in an unusual way",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": UNUSUAL, "resource": {"accessKeyDetails": {"accessKeyId": [{"prefix": "AKIA"}]}}},
    },
    respond=(disable_access_key,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1078.004", "T1098"),
    controls=CREDENTIALS,
    look_at=(
        "Ask whoever has the key about a new task, tool or place. Read in CloudTrail what else this key id did"
        " today: new users, keys, policies or models called at scale mean that it was stolen, so approve."
    ),
    ask_actor=True,
)
