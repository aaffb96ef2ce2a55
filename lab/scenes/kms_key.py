"""A disabled KMS key, open to anyone and granted to another account, beside one in use; its deletion is scheduled where
that is what is repaired.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.kms.models import kms_backends

from chalicelib.model import Resource
from lab import moto_fixes_kms
from lab.scene import Scene

OUTSIDER = "888877776666"
NEIGHBOUR = "key in use"
ANYBODY = {"Sid": "anybody", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}


def make(boto: boto3.Session, key: Resource) -> str:
    """Return the key's id: always the event's own."""
    moto_fixes_kms.apply()
    kms: Any = boto.client("kms")
    try:
        kms.describe_key(KeyId=key.id)
    except ClientError:
        made = kms.create_key(Description="customer data")["KeyMetadata"]["KeyId"]
        _rename(key, made)
        grant(kms, key, key.id)
        put_policy(kms, key, owner(key), ANYBODY)
        kms.disable_key(KeyId=key.id)
        neighbour = kms.create_key(Description=NEIGHBOUR)["KeyMetadata"]["KeyId"]
        grant(kms, key, neighbour)
    return key.id


def schedule_deletion(boto: boto3.Session, key: Resource) -> None:
    """Someone schedules the key's deletion."""
    boto.client("kms").schedule_key_deletion(KeyId=key.id, PendingWindowInDays=7)


def grant(kms: Any, near: Resource, key: str) -> None:
    """Grant the key to two of another account, to one of our own and to a service."""
    outside, inside = (f"arn:{near.partition}:iam::{account}:role" for account in (OUTSIDER, near.account))
    context = {"EncryptionContextSubset": {"purpose": "export"}}
    read = ["Decrypt", "DescribeKey"]
    kms.create_grant(
        KeyId=key,
        GranteePrincipal=f"{outside}/reader",
        RetiringPrincipal=f"{inside}/keeper",
        Operations=read,
        Constraints=context,
        Name="export",
    )
    kms.create_grant(KeyId=key, GranteePrincipal=f"{outside}/writer", Operations=["GenerateDataKey"])
    kms.create_grant(KeyId=key, GranteePrincipal=f"{inside}/reader", Operations=read)
    kms.create_grant(KeyId=key, GranteePrincipal=f"dynamodb.{near.region}.amazonaws.com", Operations=read)


def put_policy(kms: Any, key: Resource, *statements: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Id": "data", "Statement": list(statements)}
    kms.put_key_policy(KeyId=key.id, PolicyName="default", Policy=json.dumps(policy))


def owner(key: Resource) -> dict[str, Any]:
    """Return the statement that lets IAM policies of the key's account decide."""
    account = {"AWS": f"arn:{key.partition}:iam::{key.account}:root"}
    return {"Sid": "own", "Effect": "Allow", "Principal": account, "Action": "kms:*", "Resource": "*"}


def opened_again(boto: boto3.Session, key: Resource) -> None:
    """Someone lets anyone encrypt with the key."""
    put_policy(boto.client("kms"), key, owner(key), {**ANYBODY, "Sid": "again", "Action": "kms:Encrypt"})


def granted_again(boto: boto3.Session, key: Resource) -> None:
    """Someone grants the key to the other account once more."""
    outside = f"arn:{key.partition}:iam::{OUTSIDER}:root"
    boto.client("kms").create_grant(KeyId=key.id, GranteePrincipal=outside, Operations=["Decrypt"])


def _rename(key: Resource, made: str) -> None:
    """Give the key just made the event's id; moto offers no other way to choose it."""
    keys = kms_backends[key.account][key.region].keys
    found = keys.pop(made)
    found.id, found.arn = key.id, found.arn.replace(made, key.id)
    keys[key.id] = found


# Deletion is scheduled or not, and a key enabled or not: there is no third state, so nobody can drift it into one.
scene = Scene(
    resource_type="AWS::KMS::Key",
    example="1234abcd-12ab-34cd-56ef-1234567890ab",
    make=make,
    instead={"kms.cancel_deletion": schedule_deletion},
    drift={
        "kms.remove_foreign_grants": granted_again,
        "kms.remove_public_key_policy_statements": opened_again,
    },
)
