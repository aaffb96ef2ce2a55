"""A setting that protects a whole account was switched off; people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.public_access import LOOSENED

rule = Rule(
    id="cloudtrail.account_safeguard_removed",
    title="An account-wide safeguard was switched off",
    pattern={
        "source": ["aws.s3", "aws.ec2", "aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "DeleteAccountPublicAccessBlock",
                        "DisableEbsEncryptionByDefault",
                        "DisableImageBlockPublicAccess",
                        "DisableSnapshotBlockPublicAccess",
                        "DeleteAccountPasswordPolicy",
                    ]
                },
                {
                    "eventName": ["PutAccountPublicAccessBlock"],
                    "requestParameters": LOOSENED,
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls={"cis-aws": ("2.1.4", "2.2.1"), "pci-dss": ("10.7.2",), "soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "Switch it on again unless a change asked for it, then look for what it kept away: public buckets, snapshots or"
        " images, and unencrypted volumes made since."
    ),
)
