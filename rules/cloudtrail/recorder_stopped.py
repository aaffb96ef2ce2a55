"""Somebody stopped the AWS Config recorder: start it again."""

from chalicelib.model import Rule, Severity
from remediations.config.start_recorder import remediation as start_recorder
from rules.controls import RECORDER

rule = Rule(
    id="cloudtrail.recorder_stopped",
    title="AWS Config recorder was stopped",
    pattern={
        "source": ["aws.config"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["StopConfigurationRecorder"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::Config::ConfigurationRecorder": "detail.requestParameters.configurationRecorderName"},
    respond=(start_recorder,),
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=RECORDER,
    look_at=(
        "Ask whoever stopped it; if it was not them, contain that principal. Look in CloudTrail for what was changed"
        " while nothing was recorded: Config judges it only when it changes again or is evaluated anew."
    ),
)
