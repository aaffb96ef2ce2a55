"""An administrator's EC2 role that an outside account may assume too, with an instance profile and two sessions."""

from __future__ import annotations

import json
from collections.abc import Callable

import boto3

from chalicelib.model import Resource
from lab.iam_policies import ALL, attach_policies
from lab.scene import Scene

INSTANCES = ("i-0a1b2c3d4e5f60718", "i-0f9e8d7c6b5a40312")
OUTSIDER = "888877776666"
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
    if path == "/":
        attach_policies(iam.attach_role_policy, boto, near, RoleName=name)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    for instance in INSTANCES:
        assume(boto, name, instance)


def assume(boto: boto3.Session, role_name: str, session_name: str) -> None:
    """Start a session of the role."""
    arn = boto.client("iam").get_role(RoleName=role_name)["Role"]["Arn"]
    boto.client("sts").assume_role(RoleArn=arn, RoleSessionName=session_name)


def trimmed(name: str) -> Callable[[boto3.Session, Resource], None]:
    """Someone trims the denial of this name down to one service."""

    def put(boto: boto3.Session, role: Resource) -> None:
        narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
        boto.client("iam").put_role_policy(RoleName=role.id, PolicyName=name, PolicyDocument=json.dumps(narrow))

    return put


def other_administrator(boto: boto3.Session, role: Resource) -> None:
    """Someone makes the role an administrator in another way."""
    arn = boto.client("iam").create_policy(PolicyName="way-back", PolicyDocument=json.dumps(ALL))["Policy"]["Arn"]
    boto.client("iam").attach_role_policy(RoleName=role.id, PolicyArn=arn)


def administrator_by(name: str) -> Callable[[boto3.Session, Resource], None]:
    """Someone makes the role an administrator by an inline policy of this name."""

    def put(boto: boto3.Session, role: Resource) -> None:
        boto.client("iam").put_role_policy(RoleName=role.id, PolicyName=name, PolicyDocument=json.dumps(ALL))

    return put


def opened_to_everyone(boto: boto3.Session, role: Resource) -> None:
    """Someone lets everyone assume the role."""
    policy = trust(role)
    policy["Statement"] = [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]
    boto.client("iam").update_assume_role_policy(RoleName=role.id, PolicyDocument=json.dumps(policy))


def trust(near: Resource) -> dict[str, object]:
    """Return a trust policy with an outsider beside our own account, one by itself, and a provider of our own."""
    accounts = [f"arn:{near.partition}:iam::{account}:root" for account in (near.account, OUTSIDER)]
    ours = f"arn:{near.partition}:iam::{near.account}:saml-provider/corporate"
    audience = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    vendor = {"StringEquals": {"sts:ExternalId": "a-vendor"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allowed({"Service": "ec2.amazonaws.com", "AWS": accounts}),
            {**_allowed({"AWS": f"arn:{near.partition}:iam::{OUTSIDER}:role/vendor"}), "Condition": vendor},
            {**_allowed({"Federated": ours}, "sts:AssumeRoleWithSAML"), "Condition": audience},
        ],
    }


def _allowed(principal: dict[str, object], action: str = "sts:AssumeRole") -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": action}


scene = Scene(
    resource_type="AWS::IAM::Role",
    example="web",
    make=make,
    drift={
        "iam.attach_deny_to_role": trimmed("countermeasure-deny"),
        "iam.detach_admin_policy_from_role": other_administrator,
        "iam.remove_admin_inline_policy_from_role": administrator_by("way-back"),
        "iam.restore_trust_policy": opened_to_everyone,
        "iam.revoke_role_sessions": trimmed("countermeasure-revoke-sessions"),
    },
    instead={"iam.remove_admin_inline_policy_from_role": administrator_by("administrator")},
)
