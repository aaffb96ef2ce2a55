"""A Kubernetes API obeys somebody outside who has no IAM credentials: ask to close it to the internet."""

from chalicelib.model import Mode, Rule, Severity
from remediations.eks.restrict_public_endpoint import remediation as restrict_public_endpoint
from rules.controls import BREACH, INTRUSION_CONTAINED
from rules.guardduty.kubernetes_types import ANONYMOUS, CALLED, NOT_BY_IAM

rule = Rule(
    id="guardduty.eks_open_to_anybody",
    title="Kubernetes API obeys strangers",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"$or": [{"type": ANONYMOUS}, {"type": CALLED, **NOT_BY_IAM}]},
    },
    respond=(restrict_public_endpoint,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1190", "T1552.007", "T1613"),
    controls={**INTRUSION_CONTAINED, **BREACH},
    look_at=(
        "Delete the role binding of system:anonymous or system:unauthenticated, or the token of the service"
        " account that is named. Approve unless people or pipelines outside the VPC need the API. Secrets that were"
        " read count as stolen."
    ),
)
