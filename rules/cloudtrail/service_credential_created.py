"""A user got a credential of one service (a Bedrock API key, a password of CodeCommit or Keyspaces): ask about it."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.disable_service_specific_credentials import remediation as disable_service_specific_credentials
from rules.controls import NEW_CREDENTIAL

rule = Rule(
    id="cloudtrail.service_credential_created",
    title="Service-specific credential was created",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["CreateServiceSpecificCredential"], "errorCode": [{"exists": False}]},
    },
    resources={
        "AWS::IAM::User": "detail.responseElements.serviceSpecificCredential.userName"
        " || detail.requestParameters.userName"
    },
    respond=(disable_service_specific_credentials,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1098.001",),
    controls=NEW_CREDENTIAL,
    look_at=(
        "Ask whoever made it, and the user. A Bedrock API key lets its holder run models at your cost from anywhere. If"
        " nobody knows: approve, which disables all of the user's; then enable by hand those that are needed."
    ),
    ask_actor=True,
)
