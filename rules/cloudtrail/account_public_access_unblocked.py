"""Block Public Access of a whole account was switched off or loosened: ask, since its websites may be served from S3.

A request that leaves a setting off may say what was so before: blocking everything unasked could take down a website.
"""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.block_public_access_account import remediation as block_public_access_account
from rules.cloudtrail.public_access import LOOSENED
from rules.controls import PUBLIC_STORAGE

rule = Rule(
    id="cloudtrail.account_public_access_unblocked",
    title="S3 Block Public Access of the account was switched off",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["DeleteAccountPublicAccessBlock"]},
                {"eventName": ["PutAccountPublicAccessBlock"], "requestParameters": LOOSENED},
            ],
        },
    },
    resources={"AWS::Account": "detail.recipientAccountId"},
    respond=(block_public_access_account,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1562.001", "T1530"),
    controls={**PUBLIC_STORAGE, "cis-aws": ("2.1.4", "4.8")},
    look_at=(
        "Ask whoever did it. Approve unless buckets of this account are meant to be public. Then look for buckets whose"
        " policy, ACL or own block was changed since: nothing keeps those private now."
    ),
)
