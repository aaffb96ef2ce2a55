"""Somebody lists or reads what they never looked at; that alone is no attack, so people are told and nothing is cut."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.unusual_api_calls",
    title="API calls are unusual for this principal",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Discovery:IAMUser/"}, {"prefix": "Discovery:S3/AnomalousBehavior"}]},
    },
    severity=Severity.LOW,
    attack=("T1069.003", "T1087.004", "T1526", "T1580", "T1619"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Look at the same principal an hour before and after: a new place or client, then lists of everything,"
        " then changes are how an attack begins. A new tool, an audit or a new colleague looks the same and ends"
        " there."
    ),
)
