"""A secret's deletion was scheduled; whoever needs it fails at once. Ask whether to give it back."""

from chalicelib.model import Mode, Rule, Severity
from remediations.secretsmanager.restore import remediation as restore
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.secret_deleted",
    title="Deletion of a secret was scheduled",
    pattern={
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeleteSecret"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"forceDeleteWithoutRecovery": [{"exists": False}, False]},
        },
    },
    resources={
        "AWS::SecretsManager::Secret": (
            "detail.responseElements.aRN || detail.responseElements.arn || detail.requestParameters.secretId"
        )
    },
    respond=(restore,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1485",),
    controls=DATA_LOSS,
    look_at=(
        "Approve unless a change asked for it: what reads the secret fails until then. If nobody owns up, contain the"
        " principal, see whether it read the secret before (GetSecretValue), and rotate what it holds."
    ),
    ask_actor=True,
)
