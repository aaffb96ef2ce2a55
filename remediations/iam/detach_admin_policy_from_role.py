"""Detach the managed policies that make an IAM role an administrator."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.admin_policies import attached, move
from remediations.iam.policies import changeable_role


def read(aws: Session, role: Resource) -> Json:
    """Return the ARNs of the attached policies that allow every action on everything; other policies are not ours."""
    changeable_role(aws, role, role.id)
    return attached(aws.client("iam"), "list_attached_role_policies", RoleName=role.id)


def desired(now: Json, role: Resource) -> Json:
    return []


def write(aws: Session, role: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    move(iam.detach_role_policy, iam.attach_role_policy, now, then, RoleName=role.id)


remediation = Remediation(
    id="iam.detach_admin_policy_from_role",
    title="Detach administrator policies from a role",
    resource_type="AWS::IAM::Role",
    reads=("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:GetPolicy", "iam:GetPolicyVersion"),
    writes=("iam:DetachRolePolicy", "iam:AttachRolePolicy"),
    pin=("arn:{partition}:iam::{account}:role/{id}", "arn:{partition}:iam::{account}:role/*/{id}"),
    impact=(
        "Everything that runs as the role loses what AdministratorAccess and customer managed policies like it (every"
        " action on everything) allow, in every session at once. Inline policies and policies that are as good as that"
        " (IAMFullAccess) stay; so does what was done as an administrator."
    ),
    confirm_undo="Undo makes the role an administrator again.",
    read=read,
    desired=desired,
    write=write,
)
