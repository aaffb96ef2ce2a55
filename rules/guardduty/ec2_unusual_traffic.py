"""An EC2 instance does what it never did; that alone is no attack, so nothing is cut off and people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.ec2_unusual_traffic",
    title="EC2 instance's traffic is unusual",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "Behavior:EC2/"},
                {"prefix": "DefenseEvasion:EC2/"},
                {"prefix": "Impact:EC2/AbusedDomainRequest"},
                {"prefix": "Impact:EC2/SuspiciousDomainRequest"},
            ]
        },
    },
    severity=Severity.LOW,
    attack=("T1071", "T1572"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask the owner about a release, a backup or a new service. If nobody knows: compare the ports, volumes and"
        " domains with the other instances of its group, and look for findings on the same instance before"
        " isolating it."
    ),
)
