"""Delete the inline policies that make an IAM role an administrator."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.admin_policies import rewrite, written
from remediations.iam.policies import changeable_role


def read(aws: Session, role: Resource) -> Json:
    """Return name -> document of the inline policies that allow every action on everything; others are not ours."""
    changeable_role(aws, role, role.id)
    iam = aws.client("iam")
    return written(iam, "list_role_policies", iam.get_role_policy, RoleName=role.id)


def desired(now: Json, role: Resource) -> Json:
    return {}


def write(aws: Session, role: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    rewrite(iam.delete_role_policy, iam.put_role_policy, now, then, RoleName=role.id)


remediation = Remediation(
    id="iam.remove_admin_inline_policy_from_role",
    title="Delete administrator inline policies of a role",
    resource_type="AWS::IAM::Role",
    reads=("iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy"),
    writes=("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
    pin=("arn:{partition}:iam::{account}:role/{id}", "arn:{partition}:iam::{account}:role/*/{id}"),
    impact=(
        "Everything that runs as the role loses what its inline policies that allow every action on everything allow,"
        " with all else that stands in the same policies, in every session at once. Attached policies and policies that"
        " are as good as that (iam:*) stay; so does what was done as an administrator."
    ),
    confirm_undo="Undo makes the role an administrator again.",
    read=read,
    desired=desired,
    write=write,
)
