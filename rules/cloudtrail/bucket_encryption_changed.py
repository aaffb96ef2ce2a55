"""What a bucket encrypts new objects with was changed by hand; a pattern cannot tell whose key: people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND

rule = Rule(
    id="cloudtrail.bucket_encryption_changed",
    title="Encryption of an S3 bucket was changed",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
            "$or": [
                {"eventName": ["DeleteBucketEncryption"]},
                {
                    "eventName": ["PutBucketEncryption", "PutEncryptionConfiguration"],
                    "requestParameters": {
                        "ServerSideEncryptionConfiguration": {
                            "Rule": {
                                # A key of another account can only be named by its ARN.
                                "ApplyServerSideEncryptionByDefault": {"KMSMasterKeyID": [{"prefix": "arn:"}]}
                            }
                        }
                    },
                },
            ],
        },
    },
    severity=Severity.LOW,
    attack=("T1486",),
    controls={"pci-dss": ("3.5.1",), "soc2": ("CC6.1",), "hipaa": ("164.312(a)(2)(iv)",), "gdpr": ("32",)},
    look_at=(
        "Read the account in the key's ARN. If it is not yours, whoever owns the key can take all new objects from you:"
        " set the encryption back, contain the principal, and look for objects copied onto themselves since."
    ),
)
