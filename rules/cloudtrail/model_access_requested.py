"""Somebody asked for access to a Bedrock model, as thieves of computing time do first; it costs nothing yet."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.model_access_requested",
    title="Access to a Bedrock model was requested",
    pattern={
        "source": ["aws.bedrock"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "CreateFoundationModelAgreement",
                "PutFoundationModelEntitlement",
                "PutUseCaseForModelAccess",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.LOW,
    attack=("T1496", "T1648"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask whoever asked for it. If nobody owns up: contain the principal, delete the agreement, look for InvokeModel"
        " calls in all regions, and set a budget alarm: a day of a large model costs thousands."
    ),
    ask_actor=True,
)
