"""A Kubernetes user does what they never did; only the cluster can take that back, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.eks_unusual_activity",
    title="Activity in a Kubernetes cluster is unusual",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "CredentialAccess:Kubernetes/AnomalousBehavior"},
                {"prefix": "Discovery:Kubernetes/AnomalousBehavior"},
                {"prefix": "Execution:Kubernetes/AnomalousBehavior"},
                {"prefix": "Execution:Kubernetes/ExecInKubeSystemPod"},
                {"prefix": "Persistence:Kubernetes/AnomalousBehavior"},
                {"prefix": "Persistence:Kubernetes/ContainerWithSensitiveMount"},
                {"prefix": "PrivilegeEscalation:Kubernetes/"},
            ]
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1610", "T1609", "T1098.006"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask the named user about a release, a debugging session or a new operator. If nobody knows: delete the"
        " role, binding or workload that was made, revoke the user's access, and treat secrets that were read as"
        " stolen."
    ),
)
