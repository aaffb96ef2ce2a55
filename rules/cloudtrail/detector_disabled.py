"""Somebody suspended GuardDuty: resume it."""

from chalicelib.model import Rule, Severity
from remediations.guardduty.enable_detector import remediation as enable_detector
from rules.controls import DETECTION

rule = Rule(
    id="cloudtrail.detector_disabled",
    title="GuardDuty was suspended",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UpdateDetector"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"enable": [False]},
        },
    },
    resources={"AWS::GuardDuty::Detector": "detail.requestParameters.detectorId"},
    respond=(enable_detector,),
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=DETECTION,
    look_at=(
        "Ask whoever suspended it; if it was not them, contain that principal and check the other regions. GuardDuty"
        " does not look back: search CloudTrail for the time it was off."
    ),
)
