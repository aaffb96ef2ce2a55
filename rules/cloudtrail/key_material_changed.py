"""Imported key material was deleted or replaced, or a key store cut off; only whoever has the material can mend it."""

from chalicelib.model import Rule, Severity
from rules.controls import KEYS

rule = Rule(
    id="cloudtrail.key_material_changed",
    title="Material of a KMS key was deleted or imported",
    pattern={
        "source": ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "DeleteCustomKeyStore",
                "DeleteImportedKeyMaterial",
                "DisconnectCustomKeyStore",
                "ImportKeyMaterial",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.HIGH,
    attack=("T1485", "T1486"),
    controls=KEYS,
    look_at=(
        "Deleted material: import your own copy again, the key works at once. Imported material that is not yours,"
        " above all with an expiry: whoever brought it can take your data hostage; move what it encrypts to another."
    ),
    ask_actor=True,
)
