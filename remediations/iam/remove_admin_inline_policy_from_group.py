"""Delete the inline policies that make a group of IAM users administrators."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.admin_policies import rewrite, written


def read(aws: Session, group: Resource) -> Json:
    """Return name -> document of the inline policies that allow every action on everything; others are not ours."""
    iam = aws.client("iam")
    return written(iam, "list_group_policies", iam.get_group_policy, GroupName=group.id)


def desired(now: Json, group: Resource) -> Json:
    return {}


def write(aws: Session, group: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    rewrite(iam.delete_group_policy, iam.put_group_policy, now, then, GroupName=group.id)


remediation = Remediation(
    id="iam.remove_admin_inline_policy_from_group",
    title="Delete administrator inline policies of a group",
    resource_type="AWS::IAM::Group",
    reads=("iam:ListGroupPolicies", "iam:GetGroupPolicy"),
    writes=("iam:DeleteGroupPolicy", "iam:PutGroupPolicy"),
    pin=("arn:{partition}:iam::{account}:group/{id}", "arn:{partition}:iam::{account}:group/*/{id}"),
    impact=(
        "Every member loses what the inline policies that allow every action on everything allow, with all else that"
        " stands in the same policies, in every session at once. Attached policies, what members have elsewhere and"
        " policies that are as good as that (iam:*) stay; so does what was done as an administrator."
    ),
    confirm_undo="Undo makes the members administrators again.",
    read=read,
    desired=desired,
    write=write,
)
