"""A secret was deleted without a recovery window; AWS gives it back to nobody, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.secret_destroyed",
    title="Secret was deleted without a recovery window",
    pattern={
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeleteSecret"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"forceDeleteWithoutRecovery": [True]},
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1485",),
    controls=DATA_LOSS,
    look_at=(
        "Templates for tests delete in this way, people seldom. Make the secret again under its name from what issued"
        " it, with a new value. If nobody owns up, contain the principal and look what else it deleted or read."
    ),
    ask_actor=True,
)
