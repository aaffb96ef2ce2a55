"""A KMS key's policy lets anybody use it: ask, and take those statements out."""

from chalicelib.model import Mode, Rule, Severity
from remediations.kms.remove_public_key_policy_statements import remediation as remove_public_key_policy_statements
from rules.cloudtrail.anybody import ANYBODY
from rules.controls import PUBLIC_DATA

rule = Rule(
    id="cloudtrail.key_opened",
    title="KMS key was opened to everyone",
    pattern={
        "source": ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateKey", "PutKeyPolicy"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"policy": ANYBODY},
        },
    },
    resources={"AWS::KMS::Key": "detail.requestParameters.keyId || detail.responseElements.keyMetadata.keyId"},
    respond=(remove_public_key_policy_statements,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.HIGH,
    attack=("T1098", "T1537"),
    controls=PUBLIC_DATA,
    look_at=(
        "Approve unless something of yours uses the key by that statement alone: then name it there. Look in CloudTrail"
        " for Decrypt and CreateGrant by other accounts while it was open, and for snapshots shared with them."
    ),
)
