"""The GuardDuty finding types of EKS audit logs that say: this call came from outside, from where attackers are."""

from typing import Any

CALLED = [
    {"prefix": "CredentialAccess:Kubernetes/MaliciousIPCaller"},
    {"prefix": "CredentialAccess:Kubernetes/TorIPCaller"},
    {"prefix": "DefenseEvasion:Kubernetes/MaliciousIPCaller"},
    {"prefix": "DefenseEvasion:Kubernetes/TorIPCaller"},
    {"prefix": "Discovery:Kubernetes/MaliciousIPCaller"},
    {"prefix": "Discovery:Kubernetes/TorIPCaller"},
    {"prefix": "Impact:Kubernetes/MaliciousIPCaller"},
    {"prefix": "Impact:Kubernetes/TorIPCaller"},
    {"prefix": "Persistence:Kubernetes/MaliciousIPCaller"},
    {"prefix": "Persistence:Kubernetes/TorIPCaller"},
]
"""By somebody whom the cluster knows, from a listed address or from Tor."""

ANONYMOUS = [
    {"prefix": "CredentialAccess:Kubernetes/SuccessfulAnonymousAccess"},
    {"prefix": "DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess"},
    {"prefix": "Discovery:Kubernetes/SuccessfulAnonymousAccess"},
    {"prefix": "Impact:Kubernetes/SuccessfulAnonymousAccess"},
    {"prefix": "Persistence:Kubernetes/SuccessfulAnonymousAccess"},
    {"prefix": "Policy:Kubernetes/AnonymousAccessGranted"},
]
"""By anybody at all."""

BY_IAM: list[dict[str, Any]] = [
    {"resource": {"kubernetesDetails": {"kubernetesUserDetails": {"username": [{"prefix": "arn:"}]}}}},
    {"resource": {"accessKeyDetails": {"accessKeyId": [{"prefix": "A"}]}}},
]
"""The Kubernetes user stands for a principal of IAM."""

NOT_BY_IAM = {
    "resource": {
        "kubernetesDetails": {
            "kubernetesUserDetails": {"username": [{"anything-but": {"prefix": "arn:"}}, {"exists": False}]}
        },
        "accessKeyDetails": {"accessKeyId": [{"anything-but": {"prefix": "A"}}, {"exists": False}]},
    }
}
"""It is a service account, a certificate or nobody."""
