"""An EKS cluster trusts another identity provider: whoever runs that may name its administrators; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.cluster_identity_provider_added",
    title="Identity provider was added to an EKS cluster",
    pattern={
        "source": ["aws.eks"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["AssociateIdentityProviderConfig"], "errorCode": [{"exists": False}]},
    },
    severity=Severity.MEDIUM,
    attack=("T1556", "T1098.006"),
    controls=INTRUSION_SEEN,
    look_at=(
        "See whose the issuer's address in the request is. If it is not yours: disassociate it, look in the audit log"
        " for users with its prefix, and remove the role bindings that name them."
    ),
    ask_actor=True,
)
