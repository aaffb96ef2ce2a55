"""An alarm or an event rule that by its name is about security was deleted or silenced; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

# Pipelines delete alarms and rules all day. `countermeasure-*` rules have a rule of their own.
ABOUT_SECURITY = [
    {"prefix": "guardduty"},
    {"prefix": "security"},
    {"prefix": "cis"},
    {"prefix": "cloudtrail"},
    {"wildcard": "*GuardDuty*"},
    {"wildcard": "*Security*"},
    {"wildcard": "*CIS*"},
    {"wildcard": "*Unauthorized*"},
    {"wildcard": "*RootA*"},
]

rule = Rule(
    id="cloudtrail.alarm_silenced",
    title="Security alarm was silenced",
    pattern={
        "source": ["aws.monitoring", "aws.events"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["DeleteAlarms", "DisableAlarmActions"],
                    "requestParameters": {"alarmNames": ABOUT_SECURITY},
                },
                {
                    "eventName": ["SetAlarmState"],
                    "requestParameters": {"alarmName": ABOUT_SECURITY, "stateValue": ["OK", "INSUFFICIENT_DATA"]},
                },
                {"eventName": ["DeleteRule", "DisableRule"], "requestParameters": {"name": ABOUT_SECURITY}},
                {"eventName": ["RemoveTargets"], "requestParameters": {"rule": ABOUT_SECURITY}},
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001", "T1562.006"),
    controls={"cis-aws": ("4.1", "4.5"), **SAFEGUARD},
    look_at=(
        "Nobody is told any more by this alarm or rule: ask whoever did it, and deploy it again from its template"
        " unless a change replaced it. See in CloudTrail what the same principal did that it would have told."
    ),
)
