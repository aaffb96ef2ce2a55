"""Somebody made an instance ready to be terminated or stopped; so does whoever means to, and people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND
from rules.controls import DESTRUCTION

rule = Rule(
    id="cloudtrail.termination_protection_removed",
    title="Termination protection of an EC2 instance was removed",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifyInstanceAttribute"],
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
            "requestParameters": {
                "$or": [
                    {"disableApiTermination": {"value": [False]}},
                    {"disableApiStop": {"value": [False]}},
                ]
            },
        },
    },
    severity=Severity.LOW,
    attack=("T1485", "T1489"),
    controls=DESTRUCTION,
    look_at=(
        "Ask whether the instance is to go. If nobody knows, protect it again, snapshot its volumes and look at what"
        " else the same principal took protection from."
    ),
)
