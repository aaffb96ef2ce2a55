"""Somebody stopped a trail: start it again, before the silence hides what they do next."""

from chalicelib.model import Rule, Severity
from remediations.cloudtrail.start_logging import remediation as start_logging
from rules.controls import AUDIT_TRAIL

rule = Rule(
    id="cloudtrail.trail_logging_stopped",
    title="CloudTrail logging was stopped",
    pattern={
        "source": ["aws.cloudtrail"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["StopLogging"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::CloudTrail::Trail": "detail.requestParameters.name"},
    respond=(start_logging,),
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls={**AUDIT_TRAIL, "soc2": ("CC7.2", "CC7.4")},
    look_at=(
        "Ask whoever stopped it; if it was not them, contain that principal now. Read GuardDuty and the services' own"
        " logs for the minutes in which the trail was silent."
    ),
)
