"""AWS reports that something of the account attacks or harms others; which, and whether it is true, people must see."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="health.abuse_reported",
    title="AWS reports abuse from the account",
    pattern={
        "source": ["aws.health"],
        "detail-type": ["AWS Health Event", "AWS Health Abuse Event"],
        "detail": {"service": ["ABUSE"]},
    },
    severity=Severity.HIGH,
    attack=("T1496", "T1498"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Answer the abuse report within 24 hours, or AWS may stop the resource. Look at the affected host's traffic and"
        " GuardDuty findings: a scan or a test that you know, say so; else isolate it and keep its disks as evidence."
    ),
)
