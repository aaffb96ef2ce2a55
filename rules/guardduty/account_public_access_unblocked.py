"""S3 Block Public Access of a whole account was switched off: ask, since websites may be served from S3."""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.block_public_access_account import remediation as block_public_access_account
from rules.controls import PUBLIC_STORAGE

rule = Rule(
    id="guardduty.account_public_access_unblocked",
    title="S3 Block Public Access of the account was switched off",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Policy:S3/AccountBlockPublicAccessDisabled"}]},
    },
    resources={"AWS::Account": "detail.accountId"},
    respond=(block_public_access_account,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1562.001", "T1530"),
    controls=PUBLIC_STORAGE,
    look_at=(
        "Ask whoever did it. Approve unless buckets of this account are meant to be public. Then look for buckets"
        " whose policy, ACL or own block was changed since: nothing keeps those private now."
    ),
    ask_actor=True,
)
