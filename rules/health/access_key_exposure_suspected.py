"""AWS suspects that an access key is in other hands: ask before it is switched off."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import EXPOSED_KEY

rule = Rule(
    id="health.access_key_exposure_suspected",
    title="Access key may be exposed",
    pattern={
        "source": ["aws.health"],
        "detail-type": ["AWS Health Event"],
        "detail": {"eventTypeCode": ["AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED"]},
    },
    respond=(disable_access_key,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1552.001", "T1078.004"),
    controls=EXPOSED_KEY,
    look_at=(
        "Ask the key's owner where it is kept, and look in CloudTrail for calls from unknown addresses. If nobody can"
        " rule it out, approve and give the owner a new key."
    ),
)
