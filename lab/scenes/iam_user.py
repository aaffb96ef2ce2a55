"""An administrator with two active keys, a console password and credentials of services, beside a colleague."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

import boto3

from chalicelib.model import Resource
from lab.fakes import iam as fakes
from lab.iam_policies import attach_policies
from lab.ids_iam import rename_key
from lab.scene import Scene

ADMIN: dict[str, object] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ_LOGS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": "*"}],
}
NARROW: dict[str, object] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}],
}
SPARE = "AKIASPARE"
"""How the id of a key begins that no event has named yet."""


def make(boto: boto3.Session, user: Resource) -> str:
    make_user(boto, user, user.id)
    return user.id


def make_user(boto: boto3.Session, near: Resource, name: str) -> None:
    """Make the user of this name and its colleague in the account of `near`, unless the user exists."""
    fakes.apply()
    iam = boto.client("iam")
    try:
        iam.create_user(UserName=name)
    except iam.exceptions.EntityAlreadyExistsException:
        return
    attach_policies(iam.attach_user_policy, boto, near, UserName=name)
    for service in ("codecommit.amazonaws.com", "cassandra.amazonaws.com"):
        iam.create_service_specific_credential(UserName=name, ServiceName=service)
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
    iam.create_login_profile(UserName=colleague, Password=secrets.token_urlsafe(24))
    iam.create_service_specific_credential(UserName=colleague, ServiceName="codecommit.amazonaws.com")
    attach_policies(iam.attach_user_policy, boto, near, UserName=colleague)
    _spare_key(boto, near, colleague, 1)


def _spare_key(boto: boto3.Session, near: Resource, user: str, number: int) -> None:
    """Make an active key whose id is the same on every run."""
    made = boto.client("iam").create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    digest = hashlib.sha256(f"{near.account}/{user}/{number}".encode()).digest()
    rename_key(near, made, SPARE + base64.b32encode(digest).decode()[:11])


def trimmed(boto: boto3.Session, user: Resource) -> None:
    """Someone trims the denial down to one service."""
    _put(boto, user, "countermeasure-deny", NARROW)


def console_trimmed(boto: boto3.Session, user: Resource) -> None:
    """Someone trims the denial of the console down to one service."""
    _put(boto, user, "countermeasure-deny-console", NARROW)


def _put(boto: boto3.Session, user: Resource, name: str, document: dict[str, object]) -> None:
    boto.client("iam").put_user_policy(UserName=user.id, PolicyName=name, PolicyDocument=json.dumps(document))


def other_administrator(boto: boto3.Session, user: Resource) -> None:
    """Someone makes the user an administrator in another way."""
    arn = boto.client("iam").create_policy(PolicyName="way-back", PolicyDocument=json.dumps(ADMIN))["Policy"]["Arn"]
    boto.client("iam").attach_user_policy(UserName=user.id, PolicyArn=arn)


def written_anew(boto: boto3.Session, user: Resource) -> None:
    """Someone makes the user an administrator by another policy of its own."""
    _put(boto, user, "way-back", ADMIN)


def key_enabled(boto: boto3.Session, user: Resource) -> None:
    """Someone enables one of the keys again."""
    iam = boto.client("iam")
    key = iam.list_access_keys(UserName=user.id)["AccessKeyMetadata"][0]["AccessKeyId"]
    iam.update_access_key(UserName=user.id, AccessKeyId=key, Status="Active")


def credential_made(boto: boto3.Session, user: Resource) -> None:
    """Someone makes the user another credential."""
    boto.client("iam").create_service_specific_credential(UserName=user.id, ServiceName="bedrock.amazonaws.com")


scene = Scene(
    resource_type="AWS::IAM::User",
    example="alice",
    make=make,
    drift={
        "iam.deny_user": trimmed,
        "iam.detach_admin_policy_from_user": other_administrator,
        "iam.disable_all_keys_of_user": key_enabled,
        "iam.disable_service_specific_credentials": credential_made,
        "iam.remove_admin_inline_policy_from_user": written_anew,
        "iam.remove_console_access": console_trimmed,
    },
)
