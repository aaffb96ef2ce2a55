"""Detach the managed policies that make an IAM group an administrator."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.admin_policies import attached, move


def read(aws: Session, group: Resource) -> Json:
    """Return the ARNs of the attached policies that allow every action on everything; other policies are not ours."""
    return attached(aws.client("iam"), "list_attached_group_policies", GroupName=group.id)


def desired(now: Json, group: Resource) -> Json:
    return []


def write(aws: Session, group: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    move(iam.detach_group_policy, iam.attach_group_policy, now, then, GroupName=group.id)


remediation = Remediation(
    id="iam.detach_admin_policy_from_group",
    title="Detach administrator policies from a group",
    resource_type="AWS::IAM::Group",
    reads=("iam:ListAttachedGroupPolicies", "iam:GetPolicy", "iam:GetPolicyVersion"),
    writes=("iam:DetachGroupPolicy", "iam:AttachGroupPolicy"),
    pin=("arn:{partition}:iam::{account}:group/{id}", "arn:{partition}:iam::{account}:group/*/{id}"),
    impact=(
        "Every member of the group loses what AdministratorAccess and customer managed policies like it (every action"
        " on everything) allow, at once, unless they have it elsewhere. Inline policies, the members, and policies that"
        " are as good as that (IAMFullAccess) stay; so does what was done as an administrator."
    ),
    confirm_undo="Undo makes the group an administrator again.",
    read=read,
    desired=desired,
    write=write,
)
