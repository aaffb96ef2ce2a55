"""A group whose policies make its member an administrator, beside another group of that kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import boto3

from chalicelib.model import Resource
from lab.iam_policies import ALL, attach_policies
from lab.scene import Scene
from lab.scenes.iam_user import READ_LOGS

MEMBER = "trainee"


def make(boto: boto3.Session, group: Resource) -> str:
    iam = boto.client("iam")
    for name in (group.id, f"{group.id}-neighbour"):
        try:
            iam.create_group(GroupName=name)
        except iam.exceptions.EntityAlreadyExistsException:
            continue
        attach_policies(iam.attach_group_policy, boto, group, GroupName=name)
        iam.put_group_policy(GroupName=name, PolicyName="read-logs", PolicyDocument=json.dumps(READ_LOGS))
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName=MEMBER)
    iam.add_user_to_group(GroupName=group.id, UserName=MEMBER)
    return group.id


def other_administrator(boto: boto3.Session, group: Resource) -> None:
    """Someone makes the members administrators in another way."""
    arn = boto.client("iam").create_policy(PolicyName="way-back", PolicyDocument=json.dumps(ALL))["Policy"]["Arn"]
    boto.client("iam").attach_group_policy(GroupName=group.id, PolicyArn=arn)


def administrators_by(name: str) -> Callable[[boto3.Session, Resource], None]:
    """Someone makes the members administrators by an inline policy of this name."""

    def put(boto: boto3.Session, group: Resource) -> None:
        boto.client("iam").put_group_policy(GroupName=group.id, PolicyName=name, PolicyDocument=json.dumps(ALL))

    return put


scene = Scene(
    resource_type="AWS::IAM::Group",
    example="contractors",
    make=make,
    drift={
        "iam.detach_admin_policy_from_group": other_administrator,
        "iam.remove_admin_inline_policy_from_group": administrators_by("way-back"),
    },
    instead={"iam.remove_admin_inline_policy_from_group": administrators_by("administrator")},
)
