"""Somebody made a user or role an administrator of an EKS cluster: ask, and take its access entry away."""

from chalicelib.model import Mode, Rule, Severity
from remediations.eks.remove_access_entry import remediation as remove_access_entry
from rules.controls import CREDENTIALS

rule = Rule(
    id="cloudtrail.cluster_administrator_made",
    title="Administrator of an EKS cluster was made",
    pattern={
        "source": ["aws.eks"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["AssociateAccessPolicy"],
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "policyArn": [
                    {"suffix": ":cluster-access-policy/AmazonEKSAdminPolicy"},
                    {"suffix": ":cluster-access-policy/AmazonEKSClusterAdminPolicy"},
                ]
            },
        },
    },
    resources={"AWS::EKS::Cluster": "detail.requestParameters.name"},
    respond=(remove_access_entry,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1098.006", "T1078.004"),
    controls=CREDENTIALS,
    look_at=(
        "Ask whoever did it. If nobody owns up: approve, look in the cluster's audit log for what the principal did"
        " there, and remove the role bindings, service accounts and pods that it left."
    ),
    ask_actor=True,
)
