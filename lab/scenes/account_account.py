"""An account without a password policy, whose public access block is down. Its neighbour is another account."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene


def make(boto: boto3.Session, account: Resource) -> str:
    """Return the id of the account, which has no policy until somebody makes one."""
    _block(boto, account, acls=False)
    return account.account


def shortened(boto: boto3.Session, account: Resource) -> None:
    """Someone allows short passwords again."""
    boto.client("iam").update_account_password_policy(MinimumPasswordLength=8, RequireSymbols=True)


def half_locked(boto: boto3.Session, account: Resource) -> None:
    """Someone keeps old ACLs blocked, but lets public policies work again."""
    _block(boto, account, acls=True)


def _block(boto: boto3.Session, account: Resource, *, acls: bool) -> None:
    settings: Any = dict.fromkeys(("BlockPublicPolicy", "RestrictPublicBuckets"), False)
    settings |= dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls"), acls)
    boto.client("s3control").put_public_access_block(AccountId=account.account, PublicAccessBlockConfiguration=settings)


scene = Scene(
    resource_type="AWS::Account",
    example="111122223333",
    make=make,
    drift={"iam.set_password_policy": shortened, "s3.block_public_access_account": half_locked},
)
