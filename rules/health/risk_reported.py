"""AWS reports another risk to the account: a key or the console in other hands. Ask before a key is switched off."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import CREDENTIALS

rule = Rule(
    id="health.risk_reported",
    title="AWS reports that the account is at risk",
    pattern={
        "source": ["aws.health"],
        "detail-type": ["AWS Health Event"],
        "detail": {
            "service": ["RISK"],
            "eventTypeCode": [
                {"anything-but": ["AWS_RISK_CREDENTIALS_EXPOSED", "AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED"]}
            ],
            "eventTypeCategory": ["issue"],
        },
    },
    respond=(disable_access_key,),
    mode=Mode.APPROVE,
    severity=Severity.CRITICAL,
    attack=("T1078.004", "T1552.001"),
    controls=CREDENTIALS,
    look_at=(
        "Read the event's text in AWS Health and answer the support case that came with it: AWS may restrict the"
        " account. Look in CloudTrail for sign-ins, new users, keys and roles since; change root's password and MFA."
    ),
)
