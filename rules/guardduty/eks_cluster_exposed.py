"""A cluster's dashboard is open, or every pod is administrator; that is set within the cluster: people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.eks_cluster_exposed",
    title="Kubernetes cluster is exposed by its own settings",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "Policy:Kubernetes/AdminAccessToDefaultServiceAccount"},
                {"prefix": "Policy:Kubernetes/ExposedDashboard"},
                {"prefix": "Policy:Kubernetes/KubeflowDashboardExposed"},
            ]
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1133", "T1098.006"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Take the load balancer off the dashboard's service, or the role binding off the default service account,"
        " with kubectl: AWS has no call for either. Then look in the audit log for who used it meanwhile."
    ),
)
