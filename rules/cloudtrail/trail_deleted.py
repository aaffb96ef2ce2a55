"""Somebody deleted a trail: make it again as it was, before the silence hides what they do next."""

from chalicelib.model import Rule, Severity
from remediations.cloudtrail.recreate_trail import remediation as recreate_trail
from rules.controls import AUDIT_TRAIL

rule = Rule(
    id="cloudtrail.trail_deleted",
    title="CloudTrail trail was deleted",
    pattern={
        "source": ["aws.cloudtrail"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DeleteTrail"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::CloudTrail::Trail": "detail.requestParameters.name"},
    respond=(recreate_trail,),
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls={**AUDIT_TRAIL, "soc2": ("CC7.2", "CC7.4")},
    look_at=(
        "It is a new trail, made as the daily look last saw the old one: check that logs arrive in the bucket. If"
        " nobody meant to delete it, contain that principal now, and read the event history (90 days) for the minutes"
        " between. The old logs are still there."
    ),
)
