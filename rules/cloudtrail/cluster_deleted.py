"""A cluster of containers was deleted, with all that ran in it; it can only be made again, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.cluster_deleted",
    title="EKS or ECS cluster was deleted",
    pattern={
        "source": ["aws.ecs", "aws.eks"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["ecs.amazonaws.com", "eks.amazonaws.com"],
            "eventName": ["DeleteCluster"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1485", "T1489"),
    controls=DATA_LOSS,
    look_at=(
        "Ask whoever deleted it. If nobody owns up: contain that principal, and make the cluster again from your"
        " templates. Volumes and images are still there; what was kept in the cluster alone is lost."
    ),
    ask_actor=True,
)
