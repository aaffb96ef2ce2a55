"""Somebody stopped a trail: start it again, before the silence hides what they do next."""

from chalicelib.model import Rule, Severity
from remediations.cloudtrail.start_logging import remediation as start_logging

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
    controls={
        "cis-aws": ("3.1", "4.5"),
        "pci-dss": ("10.2.1.6", "10.7.2"),
        "soc2": ("CC7.2", "CC7.4"),
        "hipaa": ("164.312(b)",),
        "gdpr": ("32",),
    },
    look_at=(
        "Ask whoever stopped it; if it was not them, contain that principal now. Read GuardDuty and the services' own"
        " logs for the minutes in which the trail was silent."
    ),
)
