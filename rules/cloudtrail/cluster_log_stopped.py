"""An EKS cluster no longer logs what its API is asked; which logs were on before AWS does not tell: people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.cluster_log_stopped",
    title="Log of an EKS cluster was stopped",
    pattern={
        "source": ["aws.eks"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UpdateClusterConfig"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"logging": {"clusterLogging": {"enabled": [False]}}},
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.008",),
    controls={**SAFEGUARD, "hipaa": ("164.312(b)",)},
    look_at=(
        "Turn audit and authenticator logs on again: what happened meanwhile is logged nowhere. GuardDuty reads the"
        " audit log by a way of its own, and still sees it. If nobody owns up, contain the principal."
    ),
    ask_actor=True,
)
