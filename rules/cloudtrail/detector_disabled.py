"""Somebody suspended GuardDuty: resume it."""

from chalicelib.model import Rule, Severity
from remediations.guardduty.enable_detector import remediation as enable_detector

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
    controls={
        "pci-dss": ("10.7.2", "11.5.1"),
        "soc2": ("CC7.2",),
        "hipaa": ("164.308(a)(1)(ii)(D)",),
        "gdpr": ("32",),
    },
    look_at=(
        "Ask whoever suspended it; if it was not them, contain that principal and check the other regions. GuardDuty"
        " does not look back: search CloudTrail for the time it was off."
    ),
)
