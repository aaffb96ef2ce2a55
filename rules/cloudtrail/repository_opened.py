"""A container repository lets anybody pull or push: ask, and take those statements out."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ecr.remove_public_policy import remediation as remove_public_policy
from rules.cloudtrail.anybody import ANYBODY
from rules.controls import PUBLIC_DATA

rule = Rule(
    id="cloudtrail.repository_opened",
    title="ECR repository was opened to everyone",
    pattern={
        "source": ["aws.ecr"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["SetRepositoryPolicy"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"policyText": ANYBODY},
        },
    },
    resources={"AWS::ECR::Repository": "detail.requestParameters.repositoryName"},
    respond=(remove_public_policy,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.HIGH,
    attack=("T1525", "T1195.002"),
    controls=PUBLIC_DATA,
    look_at=(
        "Approve unless the images are for everybody: those belong in ECR Public. Look for images pushed by other"
        " accounts meanwhile before anything runs them, and count what the images hold as known."
    ),
)
