"""Somebody disabled a KMS key or scheduled its deletion, and with it all that it encrypts: give it back."""

from chalicelib.model import Rule, Severity
from remediations.kms.cancel_deletion import remediation as cancel_deletion
from remediations.kms.enable_key import remediation as enable_key
from rules.controls import KEYS

rule = Rule(
    id="cloudtrail.key_made_unusable",
    title="KMS key was disabled or its deletion was scheduled",
    pattern={
        "source": ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DisableKey", "ScheduleKeyDeletion"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::KMS::Key": "detail.requestParameters.keyId"},
    # A key whose deletion is cancelled is left disabled.
    respond=(cancel_deletion, enable_key),
    severity=Severity.HIGH,
    attack=("T1485", "T1486"),
    controls=KEYS,
    look_at=(
        "Ask whoever did it. If the key is to be retired, undo this. If nobody owns up: contain that principal, and"
        " look for other keys, backups and snapshots that went the same way: it may be ransom."
    ),
    ask_actor=True,
)
