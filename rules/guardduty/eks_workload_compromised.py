"""A container of a cluster or a host runs what an attacker runs: ask before its whole node is cut off."""

from chalicelib.model import Mode, Rule, Severity
from rules.controls import INTRUSION_CONTAINED
from rules.guardduty.containment import EC2
from rules.guardduty.runtime_types import ATTACK

rule = Rule(
    id="guardduty.eks_workload_compromised",
    title="Kubernetes workload runs what an attacker runs",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {
                    "type": ATTACK,
                    "resource": {"resourceType": [{"anything-but": ["Instance", "ECSCluster"]}, {"exists": False}]},
                },
                {
                    "type": [
                        {"prefix": "Execution:Kubernetes/MaliciousFile"},
                        {"prefix": "Execution:Container/MaliciousFile"},
                    ]
                },
            ]
        },
    },
    respond=EC2,
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1610", "T1496", "T1611"),
    controls=INTRUSION_CONTAINED,
    look_at=(
        "Cut the pod off by a network policy that denies all, label it, cordon its node, and only then delete it:"
        " AWS has no call for that. Approve the node's isolation where the container got out, or nobody has kubectl"
        " at hand."
    ),
)
