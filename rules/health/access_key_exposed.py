"""AWS found an access key in public: switch it off before somebody else finds it, and cut what was begun with it."""

from chalicelib.model import Rule, Severity
from remediations.iam.deny_sessions_of_key import remediation as deny_sessions_of_key
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import BREACH, EXPOSED_KEY

rule = Rule(
    id="health.access_key_exposed",
    title="Access key was found in public",
    pattern={
        "source": ["aws.health"],
        "detail-type": ["AWS Health Event"],
        "detail": {"eventTypeCode": ["AWS_RISK_CREDENTIALS_EXPOSED"]},
    },
    respond=(
        disable_access_key,
        deny_sessions_of_key,
    ),
    severity=Severity.CRITICAL,
    attack=("T1552.001", "T1078.004"),
    controls={**EXPOSED_KEY, **BREACH},
    look_at=(
        "Find where it was published and take it down, history too. Search CloudTrail by the key id since the leak, in"
        " all regions: instances, new users, keys and roles, and AssumeRole outside of IAM's own region, which was not"
        " looked at; AWS may have attached a quarantine policy to the user."
    ),
)
