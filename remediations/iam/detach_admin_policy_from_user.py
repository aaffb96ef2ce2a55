"""Detach the managed policies that make an IAM user an administrator."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.admin_policies import attached, move


def read(aws: Session, user: Resource) -> Json:
    """Return the ARNs of the attached policies that allow every action on everything; other policies are not ours."""
    return attached(aws.client("iam"), "list_attached_user_policies", UserName=user.id)


def desired(now: Json, user: Resource) -> Json:
    return []


def write(aws: Session, user: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    move(iam.detach_user_policy, iam.attach_user_policy, now, then, UserName=user.id)


remediation = Remediation(
    id="iam.detach_admin_policy_from_user",
    title="Detach administrator policies from a user",
    resource_type="AWS::IAM::User",
    reads=("iam:ListAttachedUserPolicies", "iam:GetPolicy", "iam:GetPolicyVersion"),
    writes=("iam:DetachUserPolicy", "iam:AttachUserPolicy"),
    pin=("arn:{partition}:iam::{account}:user/{id}", "arn:{partition}:iam::{account}:user/*/{id}"),
    impact=(
        "The user loses what AdministratorAccess and customer managed policies like it (every action on everything)"
        " allow, in every session at once. Inline policies, groups and policies that are as good as that"
        " (IAMFullAccess) stay; so does what was done as an administrator."
    ),
    confirm_undo="Undo makes the user an administrator again.",
    read=read,
    desired=desired,
    write=write,
)
