"""Deny one session of a role everything, and leave the role's other sessions alone."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import (
    DENY_ALL,
    changeable_role,
    delete_inline,
    document,
    listed,
    put_inline,
    read_inline,
    statements,
)

POLICY = "countermeasure-deny-sessions"


def read(aws: Session, session: Resource) -> Json:
    user_id, policy = look(aws, session)
    return {"session": "denied" if user_id in denied(policy) else "allowed"}


def desired(now: Json, session: Resource) -> Json:
    return {"session": "denied"}


def write(aws: Session, session: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    which = {"RoleName": session.id.partition("/")[0], "PolicyName": POLICY}
    user_id, policy = look(aws, session)
    others = [other for other in denied(policy) if other != user_id]
    policy = denying(policy, [*others, user_id] if then["session"] == "denied" else others)
    if policy is None:
        delete_inline(iam.delete_role_policy, **which)
    else:
        put_inline(iam.put_role_policy, policy, **which)


def look(aws: Session, session: Resource) -> tuple[str, Json]:
    """Return the session's `aws:userid`, as a policy writes it, and the policy that is there or None."""
    role_name, _, session_name = session.id.partition("/")
    if not session_name:
        raise Unsupported(f"{session.id} names no session: role-name/session-name is needed")
    role = changeable_role(aws, session, role_name)
    policy = read_inline(aws.client("iam").get_role_policy, RoleName=role_name, PolicyName=POLICY)
    return literal(f"{role['RoleId']}:{session_name}"), policy


def literal(text: str) -> str:
    """Return the text with every `${` escaped: a policy would read a variable there. StringEquals has no wildcards.

    Source: IAM User Guide, "IAM policy elements: Variables and tags", predefined policy variables.
    """
    return text.replace("${", "${$}{")


def denied(policy: Json) -> list[str]:
    """Return every `aws:userid` that the policy denies."""
    return [
        user_id
        for statement in statements(policy)
        if is_ours(statement)
        for user_id in listed(statement["Condition"]["StringEquals"]["aws:userid"])
    ]


def denying(policy: Json, user_ids: Iterable[str]) -> Json:
    """Return the policy with exactly these denied, and any statement that is not ours; None when nothing is left."""
    kept = [statement for statement in statements(policy) if not is_ours(statement)]
    condition = {"StringEquals": {"aws:userid": sorted(set(user_ids))}}
    ours = [{**DENY_ALL, "Condition": condition}] if condition["StringEquals"]["aws:userid"] else []
    return document(*kept, *ours) if kept or ours else None


def is_ours(statement: Json) -> bool:
    user_ids = statement.get("Condition", {}).get("StringEquals", {}).get("aws:userid")
    return bool(statement == {**DENY_ALL, "Condition": {"StringEquals": {"aws:userid": user_ids}}})


remediation = Remediation(
    id="iam.deny_role_session",
    title="Deny one session of a role",
    resource_type="AWS::STS::AssumedRole",
    reads=("iam:GetRole", "iam:GetRolePolicy"),
    writes=("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    pin=("arn:{partition}:iam::{account}:role/{role}", "arn:{partition}:iam::{account}:role/*/{role}"),
    impact="Sessions of this role under this one name lose all access, new ones of that name too (an EC2 instance's"
    " name is its id). Other sessions go on; whoever may assume the role can do so again under another name.",
    read=read,
    desired=desired,
    write=write,
)
