"""Deny one session of a role everything, and leave the role's other sessions alone."""

from __future__ import annotations

import re

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import DENY_ALL, changeable_role, delete_inline, document, put_inline, read_inline

POLICY = "countermeasure-deny-{session}"
"""A policy of its own for each session: denying two sessions of one role at once cannot lose either."""

SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
"""What STS takes for a RoleSessionName (AssumeRole); all of it is allowed in a policy's name, and none of it is a
wildcard or a variable within a policy."""


def read(aws: Session, session: Resource) -> Json:
    return now_of(aws, *look(aws, session))


def now_of(aws: Session, role: str, policy: str, denied: Json) -> Json:
    """Return whether the role's policy of this name is the one that denies the session, and what it is if not."""
    there = read_inline(aws.client("iam").get_role_policy, RoleName=role, PolicyName=policy)
    return {"session": "denied"} if there == denied else {"session": "allowed", "policy": there}


def desired(now: Json, session: Resource) -> Json:
    return {"session": "denied"}


def write(aws: Session, session: Resource, now: Json, then: Json) -> None:
    role, policy, document_ = look(aws, session)
    iam = aws.client("iam")
    wanted = document_ if then["session"] == "denied" else then["policy"]
    if wanted is None:
        delete_inline(iam.delete_role_policy, RoleName=role, PolicyName=policy)
    else:
        put_inline(iam.put_role_policy, wanted, RoleName=role, PolicyName=policy)


def look(aws: Session, session: Resource) -> tuple[str, str, Json]:
    """Return the role's name, the policy's name, and the document that denies this session and no other."""
    role_name, _, session_name = session.id.partition("/")
    if not SESSION_NAME.fullmatch(session_name):
        raise Unsupported(f"{session.id} names no session: role-name/session-name is needed")
    role = changeable_role(aws, session, role_name)
    return role_name, POLICY.format(session=session_name), denial(f"{role['RoleId']}:{session_name}")


def denial(user_id: str) -> Json:
    """Return the document for an aws:userid: `AROA...:name` is a session's (IAM User Guide, "IAM identifiers")."""
    return document({**DENY_ALL, "Condition": {"StringEquals": {"aws:userid": user_id}}})


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
