"""An administrator's active key under the event's id, beside another active key of the same user.

The key has begun two sessions of a role, and the other one has begun a third.
"""

from __future__ import annotations

import json

import boto3

from chalicelib.model import Resource
from lab.ids_iam import has_key, rename_key
from lab.scene import Scene
from lab.scenes.iam_role import assume, make_role
from lab.scenes.iam_user import SPARE, make_user

ROLE = "release"
OTHERS = "nightly"
"""The name of the session that another key began."""


def make(boto: boto3.Session, key: Resource) -> str:
    user = key.details.get("user") or "app-deployer"
    while not has_key(key, key.id):
        make_user(boto, key, user)
        listed = boto.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
        spare = [k["AccessKeyId"] for k in listed if k["AccessKeyId"].startswith(SPARE)]
        if spare:
            rename_key(key, spare[0], key.id)
            begin(boto, key, key.id, *sessions(key.id))
            begin(boto, key, spare[-1] if len(spare) > 1 else f"{SPARE}ELSEWHERE", OTHERS)
        user = f"{user}-2"  # a user has two keys at most: the third key that events name is another user's
    return key.id


def sessions(key_id: str) -> tuple[str, str]:
    """Return the names of the sessions that a key has begun."""
    return f"{key_id}-1", f"{key_id}-2"


def begin(boto: boto3.Session, near: Resource, key_id: str, *names: str, role: str = ROLE) -> None:
    """Begin sessions of a role, and have CloudTrail know that this key did."""
    from lab.fakes import cloudtrail  # noqa: PLC0415 - importing moto's part of a service takes time

    cloudtrail.apply()
    make_role(boto, near, role)
    role_id = boto.client("iam").get_role(RoleName=role)["Role"]["RoleId"]
    for name in names:
        assume(boto, role, name)
        arn = f"arn:{near.partition}:sts::{near.account}:assumed-role/{role}/{name}"
        cloudtrail.record_role_assumed(near, key_id, arn, f"{role_id}:{name}")


def trimmed(boto: boto3.Session, key: Resource) -> None:
    """Someone trims the denial of one of the sessions down to one service."""
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    name = f"countermeasure-deny-{sessions(key.id)[0]}"
    boto.client("iam").put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=json.dumps(narrow))


scene = Scene(
    resource_type="AWS::IAM::AccessKey",
    example="AKIAIOSFODNN7EXAMPLE",
    make=make,
    drift={"iam.deny_sessions_of_key": trimmed},
)
