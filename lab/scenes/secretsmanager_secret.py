"""A secret that anybody may read and whose deletion somebody scheduled, beside one in use.

AWS wants the deletion cancelled before it changes a secret's policy; moto does not mind.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
from moto.secretsmanager.models import secretsmanager_backends

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, secret: Resource) -> str:
    """Return the secret's ARN in the account and region that it is made in; its six last characters are the event's."""
    last = secret.id.rpartition(":secret:")[2] or secret.id
    arn = f"arn:{secret.partition}:secretsmanager:{secret.region}:{secret.account}:secret:{last}"
    secrets: Any = boto.client("secretsmanager")
    have = {each["Name"]: each["ARN"] for each in secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]}
    if arn not in have.values():
        name = last.rpartition("-")[0] or last
        secrets.create_secret(Name=name, SecretString="an-example")
        secretsmanager_backends[secret.account][secret.region].secrets[name].arn = arn
        put_policy(boto, arn, statement("anybody", "*"))
        secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    if NEIGHBOUR not in have:
        secrets.create_secret(Name=NEIGHBOUR, SecretString="an-example")
    return arn


def put_policy(boto: boto3.Session, arn: str, *statements: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    boto.client("secretsmanager").put_resource_policy(SecretId=arn, ResourcePolicy=json.dumps(policy))


def statement(sid: str, principal: Any) -> dict[str, Any]:
    action = "secretsmanager:GetSecretValue"
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}


def own_policy(boto: boto3.Session, secret: Resource) -> None:
    """Someone gives the secret, left without a policy, one for its own account."""
    put_policy(boto, secret.id, statement("own", {"AWS": f"arn:{secret.partition}:iam::{secret.account}:root"}))


# Deletion is scheduled or not: there is no third state, so nobody can drift it into one.
scene = Scene(
    resource_type="AWS::SecretsManager::Secret",
    example="arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/database-a1b2c3",
    make=make,
    drift={"secretsmanager.remove_public_policy": own_policy},
)
