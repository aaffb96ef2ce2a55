"""Turn on all four S3 Block Public Access settings of an account, over whatever its buckets say."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Remediation, Resource, Session, State
from remediations.s3.block_public_access import SETTINGS


def read(aws: Session, account: Resource) -> State:
    """Return the four settings as booleans, or null where the account has no configuration at all."""
    try:
        answer = aws.client("s3control").get_public_access_block(AccountId=account.account)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchPublicAccessBlockConfiguration":
            return None
        raise
    found = answer["PublicAccessBlockConfiguration"]
    return {setting: bool(found.get(setting)) for setting in SETTINGS}


def desired(now: State, account: Resource) -> State:
    return dict.fromkeys(SETTINGS, True)


def write(aws: Session, account: Resource, now: State, then: State) -> None:
    control = aws.client("s3control")
    if then is None:
        control.delete_public_access_block(AccountId=account.account)
    else:
        control.put_public_access_block(AccountId=account.account, PublicAccessBlockConfiguration=then)


remediation = Remediation(
    id="s3.block_public_access_account",
    title="Block public access to every S3 bucket of an account",
    resource_type="AWS::Account",
    reads=("s3:GetAccountPublicAccessBlock",),
    # DeletePublicAccessBlock needs the same permission (S3 API reference).
    writes=("s3:PutAccountPublicAccessBlock",),
    impact=(
        "In all regions, anonymous readers and other accounts that come through a public policy lose access to every"
        " bucket of the account; websites served straight from a bucket stop. It takes minutes to reach every region."
        " Named principals, presigned links and CloudFront with its own identity go on. What a bucket itself says"
        " stays in place, without effect. Where an AWS Organizations policy sets this, S3 refuses the change."
    ),
    read=read,
    desired=desired,
    write=write,
)
