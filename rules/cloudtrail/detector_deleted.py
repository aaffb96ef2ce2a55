"""Somebody deleted a GuardDuty detector: make one again, so that the region is watched."""

from chalicelib.model import Rule, Severity
from remediations.guardduty.restore_detector import remediation as restore_detector
from rules.controls import DETECTION

rule = Rule(
    id="cloudtrail.detector_deleted",
    title="GuardDuty detector was deleted",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DeleteDetector"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::Account": "detail.recipientAccountId || account"},
    respond=(restore_detector,),
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=DETECTION,
    look_at=(
        "The detector is a new one: have the administrator account take it in again, and set plans, lists and filters"
        " from your templates. Its findings are lost here but stay in Security Hub. If nobody meant it, contain that"
        " principal and check other regions."
    ),
)
