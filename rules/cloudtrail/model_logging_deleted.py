"""Somebody turned off the log of what Bedrock's models are asked: turn it on again."""

from chalicelib.model import Rule, Severity
from remediations.bedrock.restore_invocation_logging import remediation as restore_invocation_logging

rule = Rule(
    id="cloudtrail.model_logging_deleted",
    title="Bedrock model invocation log was turned off",
    pattern={
        "source": ["aws.bedrock"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeleteModelInvocationLoggingConfiguration"],
            "errorCode": [{"exists": False}],
        },
    },
    resources={"AWS::Account": "detail.recipientAccountId || account"},
    respond=(restore_invocation_logging,),
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls={"pci-dss": ("10.7.2",), "soc2": ("CC7.2",)},
    look_at=(
        "Stolen keys are often used for models, and the log goes first: look who invoked which models since"
        " (CloudTrail, cost), contain that principal, and see that the log goes to your own bucket or log group."
    ),
)
