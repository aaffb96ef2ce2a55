"""Somebody opened a shell in a running container, or ran a command in it; many do so to look, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.container_shell_opened",
    title="Command was run in an ECS container",
    pattern={
        "source": ["aws.ecs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["ExecuteCommand"], "errorCode": [{"exists": False}]},
    },
    severity=Severity.LOW,
    attack=("T1609", "T1651"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask whoever did it. What was typed is in the cluster's log of ECS Exec, where that is on. If nobody owns up:"
        " stop the task, revoke the sessions of its role, and contain the principal."
    ),
    ask_actor=True,
)
