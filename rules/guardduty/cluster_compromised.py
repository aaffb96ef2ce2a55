"""An attacker is inside a container cluster; what to contain there is not AWS's to say, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.cluster_compromised",
    title="Container cluster is compromised",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                "AttackSequence:ECS/CompromisedCluster",
                "AttackSequence:EKS/CompromisedCluster",
                {"prefix": "CredentialAccess:Kubernetes/"},
                {"prefix": "DefenseEvasion:Kubernetes/"},
                {"prefix": "Impact:Kubernetes/"},
                {"prefix": "Persistence:Kubernetes/"},
                "Policy:Kubernetes/AdminAccessToDefaultServiceAccount",
                "Policy:Kubernetes/AnonymousAccessGranted",
                "PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer",
            ]
        },
    },
    severity=Severity.HIGH,
    attack=("T1610", "T1611", "T1613"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Name the Kubernetes user, pod or task from the finding; take away its role binding and cordon its node before"
        " deleting anything. Credentials that the workload could reach, its role's too, count as stolen."
    ),
)
