"""AWS Config lost its recorder or its delivery channel: make them again, and have it record."""

from chalicelib.model import Rule, Severity
from remediations.config.recreate_recorder import remediation as recreate_recorder
from rules.controls import RECORDER

rule = Rule(
    id="cloudtrail.recorder_deleted",
    title="AWS Config recorder or delivery channel was deleted",
    pattern={
        "source": ["aws.config"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeleteConfigurationRecorder", "DeleteDeliveryChannel"],
            "errorCode": [{"exists": False}],
        },
    },
    resources={"AWS::Account": "detail.recipientAccountId || account"},
    respond=(recreate_recorder,),
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=RECORDER,
    look_at=(
        "Ask whoever did it; if it was not them, contain that principal and look at the other regions. See that"
        " history arrives in your bucket, and whether rules and conformance packs went too: those come back from your"
        " templates only."
    ),
)
