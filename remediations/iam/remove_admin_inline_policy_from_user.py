"""Delete the inline policies that make an IAM user an administrator."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.admin_policies import rewrite, written


def read(aws: Session, user: Resource) -> Json:
    """Return name -> document of the inline policies that allow every action on everything; others are not ours."""
    iam = aws.client("iam")
    return written(iam, "list_user_policies", iam.get_user_policy, UserName=user.id)


def desired(now: Json, user: Resource) -> Json:
    return {}


def write(aws: Session, user: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    rewrite(iam.delete_user_policy, iam.put_user_policy, now, then, UserName=user.id)


remediation = Remediation(
    id="iam.remove_admin_inline_policy_from_user",
    title="Delete administrator inline policies of a user",
    resource_type="AWS::IAM::User",
    reads=("iam:ListUserPolicies", "iam:GetUserPolicy"),
    writes=("iam:DeleteUserPolicy", "iam:PutUserPolicy"),
    pin=("arn:{partition}:iam::{account}:user/{id}", "arn:{partition}:iam::{account}:user/*/{id}"),
    impact=(
        "The user loses what its inline policies that allow every action on everything allow, with all else that stands"
        " in the same policies, in every session at once. Attached policies, groups and policies that are as good as"
        " that (iam:*) stay; so does what was done as an administrator."
    ),
    confirm_undo="Undo makes the user an administrator again.",
    read=read,
    desired=desired,
    write=write,
)
