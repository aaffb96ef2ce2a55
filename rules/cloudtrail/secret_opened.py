"""A secret's policy lets anybody read it: ask, and take those statements out."""

from chalicelib.model import Mode, Rule, Severity
from remediations.secretsmanager.remove_public_policy import remediation as remove_public_policy
from rules.cloudtrail.anybody import ANYBODY
from rules.controls import PUBLIC_DATA

rule = Rule(
    id="cloudtrail.secret_opened",
    title="Secret was opened to everyone",
    pattern={
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutResourcePolicy"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"resourcePolicy": ANYBODY},
        },
    },
    resources={
        "AWS::SecretsManager::Secret": (
            "detail.responseElements.aRN || detail.responseElements.arn || detail.requestParameters.secretId"
        )
    },
    respond=(remove_public_policy,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.HIGH,
    attack=("T1555.006", "T1098"),
    controls=PUBLIC_DATA,
    look_at=(
        "Approve unless something of yours reads it by that statement alone: then name it there. Rotate what the secret"
        " holds if CloudTrail shows GetSecretValue by somebody of another account while it was open."
    ),
)
