"""A user got an SSH key or signing certificate: no remediation is for them, they open little, and people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import NEW_CREDENTIAL

rule = Rule(
    id="cloudtrail.signing_credential_uploaded",
    title="SSH key or signing certificate was added to a user",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UploadSSHPublicKey", "UploadSigningCertificate"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.LOW,
    attack=("T1098.004", "T1098.001"),
    controls=NEW_CREDENTIAL,
    look_at=(
        "Ask the user. Such a key opens CodeCommit, a certificate the old SOAP interfaces. If it is not theirs: set it"
        " to Inactive in the user's security credentials, and contain whoever added it."
    ),
    ask_actor=True,
)
