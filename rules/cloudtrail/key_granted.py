"""Somebody granted a KMS key by hand: grants to accounts that are not ours are shown, and revoked once approved."""

from chalicelib.model import Mode, Rule, Severity
from remediations.kms.remove_foreign_grants import remediation as remove_foreign_grants
from rules.controls import CREDENTIALS

rule = Rule(
    id="cloudtrail.key_granted",
    title="KMS key was granted by hand",
    pattern={
        "source": ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateGrant"],
            "errorCode": [{"exists": False}],
            # Services that use a key for somebody's disk or table make grants all day, in that person's name.
            "userIdentity": {"invokedBy": [{"exists": False}], "type": [{"anything-but": ["AWSService"]}]},
            "requestParameters": {
                "granteePrincipal": [{"prefix": "arn:aws"}],
                "constraints": {"encryptionContextSubset": {"aws:ebs:id": [{"exists": False}]}},
            },
        },
    },
    resources={"AWS::KMS::Key": "detail.requestParameters.keyId"},
    respond=(remove_foreign_grants,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.MEDIUM,
    attack=("T1098", "T1537"),
    controls=CREDENTIALS,
    look_at=(
        "Where there is nothing to revoke, the grant is to one of your own accounts. Otherwise ask whoever made it whom"
        " it serves; look for snapshots and images that are shared with the same account, and for what was decrypted."
    ),
)
