"""A permission set whose sessions somebody misuses, beside one with an inline policy."""

from __future__ import annotations

import json
from typing import Any

import boto3
from moto.ssoadmin.models import Instance, ssoadmin_backends

from chalicelib.model import Resource
from lab.fakes import sso_admin as fakes
from lab.scene import Scene

READ_LOGS = {
    "Version": "2012-10-17",
    "Statement": {"Sid": "Logs", "Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": "*"},
}
NEIGHBOUR = "ps-00000000neighbor"


def make(boto: boto3.Session, permission_set: Resource) -> str:
    """Return the permission set's ARN: always the event's own."""
    fakes.apply()
    sso: Any = boto.client("sso-admin")
    start, instance, _ = permission_set.id.split("/")
    instance_arn = f"{start.removesuffix('permissionSet')}instance/{instance}"
    backend = ssoadmin_backends[permission_set.account][permission_set.region]
    if all(each.instance_arn != instance_arn for each in backend.instances):
        made = Instance(permission_set.account, permission_set.region)
        made.instance_arn = instance_arn
        backend.instances.append(made)
    for arn in (permission_set.id, f"{start}/{instance}/{NEIGHBOUR}"):
        if all(each.permission_set_arn != arn for each in backend.permission_sets):
            sso.create_permission_set(Name=arn.rpartition("/")[2], InstanceArn=instance_arn)
            backend.permission_sets[-1].permission_set_arn = arn  # moto makes up one of another form
            which = {"InstanceArn": instance_arn, "PermissionSetArn": arn}
            if arn != permission_set.id:
                sso.put_inline_policy_to_permission_set(**which, InlinePolicy=json.dumps(READ_LOGS))
            sso.provision_permission_set(**which, TargetType="ALL_PROVISIONED_ACCOUNTS")
    return permission_set.id


def trimmed(boto: boto3.Session, permission_set: Resource) -> None:
    """Someone trims the revocation down to one service."""
    start, instance, _ = permission_set.id.split("/")
    narrow = {"Sid": "CountermeasureRevokeSessions", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    sso: Any = boto.client("sso-admin")
    sso.put_inline_policy_to_permission_set(
        InstanceArn=f"{start.removesuffix('permissionSet')}instance/{instance}",
        PermissionSetArn=permission_set.id,
        InlinePolicy=json.dumps({"Version": "2012-10-17", "Statement": [narrow]}),
    )


scene = Scene(
    resource_type="AWS::SSO::PermissionSet",
    example="arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-aaaabbbbccccdddd",
    make=make,
    drift={"sso.deny_permission_set_sessions": trimmed},
)
