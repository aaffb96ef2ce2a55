"""An administrator with two active keys and a console password, beside a colleague with a key."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

import boto3

from chalicelib.model import Resource
from lab.ids_iam import rename_key
from lab.scene import Scene

ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ_LOGS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": "*"}],
}
SPARE = "AKIASPARE"
"""How the id of a key begins that no event has named yet."""


def make(boto: boto3.Session, user: Resource) -> str:
    make_user(boto, user, user.id)
    return user.id


def make_user(boto: boto3.Session, near: Resource, name: str) -> None:
    """Make the user of this name and its colleague in the account of `near`, unless the user exists."""
    iam = boto.client("iam")
    try:
        iam.create_user(UserName=name)
    except iam.exceptions.EntityAlreadyExistsException:
        return
    iam.create_login_profile(UserName=name, Password=secrets.token_urlsafe(24))
    iam.put_user_policy(UserName=name, PolicyName="administrator", PolicyDocument=json.dumps(ADMIN))
    _spare_key(boto, near, name, 1)
    _spare_key(boto, near, name, 2)
    colleague = f"{name}-colleague"
    try:
        iam.create_user(UserName=colleague)
    except iam.exceptions.EntityAlreadyExistsException:
        return
    iam.put_user_policy(UserName=colleague, PolicyName="read-logs", PolicyDocument=json.dumps(READ_LOGS))
    _spare_key(boto, near, colleague, 1)


def _spare_key(boto: boto3.Session, near: Resource, user: str, number: int) -> None:
    """Make an active key whose id is the same on every run."""
    made = boto.client("iam").create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    digest = hashlib.sha256(f"{near.account}/{user}/{number}".encode()).digest()
    rename_key(near, made, SPARE + base64.b32encode(digest).decode()[:11])


def drift(boto: boto3.Session, user: Resource) -> None:
    """Someone trims the denial down to one service."""
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    boto.client("iam").put_user_policy(
        UserName=user.id, PolicyName="countermeasure-deny", PolicyDocument=json.dumps(narrow)
    )


scene = Scene(resource_type="AWS::IAM::User", example="alice", make=make, drift={"iam.deny_user": drift})
