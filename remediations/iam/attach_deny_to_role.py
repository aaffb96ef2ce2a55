"""Deny a role everything, whoever is in it and whenever they came: for a role that is the intruder's own."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import DENY_ALL, changeable_role, delete_inline, document, put_inline, read_inline

POLICY = "countermeasure-deny"


def read(aws: Session, role: Resource) -> Json:
    changeable_role(aws, role, role.id)
    return read_inline(aws.client("iam").get_role_policy, RoleName=role.id, PolicyName=POLICY)


def desired(now: Json, role: Resource) -> Json:
    return document(DENY_ALL)


def write(aws: Session, role: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    if then is None:
        delete_inline(iam.delete_role_policy, RoleName=role.id, PolicyName=POLICY)
    else:
        put_inline(iam.put_role_policy, then, RoleName=role.id, PolicyName=POLICY)


remediation = Remediation(
    id="iam.attach_deny_to_role",
    title="Deny a role everything",
    resource_type="AWS::IAM::Role",
    reads=("iam:GetRole", "iam:GetRolePolicy"),
    writes=("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    pin=("arn:{partition}:iam::{account}:role/{id}", "arn:{partition}:iam::{account}:role/*/{id}"),
    impact="Everything that runs as the role stops working at once and stays so until undo: instances, functions and"
    " pipelines that share it, their present sessions and every new one. Sessions of other roles that were assumed from"
    " it go on, and so does what it has made: users, keys, other roles, resources shared with other accounts.",
    read=read,
    desired=desired,
    write=write,
)
