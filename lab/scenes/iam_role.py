"""An EC2 role that an outside account may assume too, with an instance profile and two sessions in use."""

from __future__ import annotations

import json

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

INSTANCES = ("i-0a1b2c3d4e5f60718", "i-0f9e8d7c6b5a40312")
OUTSIDER = "444455556666"
READ_BUCKETS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}],
}
PATHS = {
    "AWSServiceRoleFor": "/aws-service-role/example.amazonaws.com/",
    "AWSReservedSSO_": "/aws-reserved/sso.amazonaws.com/",
}
"""Where the roles live that AWS keeps for itself, by how their names begin."""


def make(boto: boto3.Session, role: Resource) -> str:
    make_role(boto, role, role.id)
    return role.id


def make_role(boto: boto3.Session, near: Resource, name: str) -> None:
    """Make the role of this name in the account of `near`, unless it exists."""
    iam = boto.client("iam")
    path = next((path for start, path in PATHS.items() if name.startswith(start)), "/")
    try:
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust(near)))
    except iam.exceptions.EntityAlreadyExistsException:
        return
    iam.put_role_policy(RoleName=name, PolicyName="read-buckets", PolicyDocument=json.dumps(READ_BUCKETS))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    for instance in INSTANCES:
        assume(boto, name, instance)


def assume(boto: boto3.Session, role_name: str, session_name: str) -> None:
    """Start a session of the role."""
    arn = boto.client("iam").get_role(RoleName=role_name)["Role"]["Arn"]
    boto.client("sts").assume_role(RoleArn=arn, RoleSessionName=session_name)


def drift(boto: boto3.Session, role: Resource) -> None:
    """Someone trims the revocation down to one service."""
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    boto.client("iam").put_role_policy(
        RoleName=role.id, PolicyName="countermeasure-revoke-sessions", PolicyDocument=json.dumps(narrow)
    )


def trust(near: Resource) -> dict[str, object]:
    accounts = [f"arn:{near.partition}:iam::{account}:root" for account in (near.account, OUTSIDER)]
    principals = {"Service": "ec2.amazonaws.com", "AWS": accounts}
    statement = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


scene = Scene(resource_type="AWS::IAM::Role", example="web", make=make, drift={"iam.revoke_role_sessions": drift})
