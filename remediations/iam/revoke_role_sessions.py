"""Deny every session of a role that was issued before now, as the IAM console's "Revoke active sessions" does."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import changeable_role, delete_inline, put_inline, read_inline
from remediations.iam.revocations import AHEAD, is_revoked, revocation

POLICY = "countermeasure-revoke-sessions"


def read(aws: Session, role: Resource) -> Json:
    changeable_role(aws, role, role.id)
    policy = read_inline(aws.client("iam").get_role_policy, RoleName=role.id, PolicyName=POLICY)
    if is_revoked(policy, role.seen, aws.now):
        return {"sessions": "revoked"}
    return {"sessions": "allowed", "policy": policy}


def desired(now: Json, role: Resource) -> Json:
    return {"sessions": "revoked"}


def write(aws: Session, role: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    policy = revocation(aws.now + AHEAD) if then["sessions"] == "revoked" else then["policy"]
    if policy is None:
        delete_inline(iam.delete_role_policy, RoleName=role.id, PolicyName=POLICY)
    else:
        put_inline(iam.put_role_policy, policy, RoleName=role.id, PolicyName=POLICY)


remediation = Remediation(
    id="iam.revoke_role_sessions",
    title="Revoke all sessions of a role",
    resource_type="AWS::IAM::Role",
    reads=("iam:GetRole", "iam:GetRolePolicy"),
    writes=("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    pin=("arn:{partition}:iam::{account}:role/{id}", "arn:{partition}:iam::{account}:role/*/{id}"),
    impact="Every session of the role issued until half a minute from now loses all access, healthy ones too; work"
    " in them fails until they get new credentials. Whoever may assume the role can do so again, the intruder too.",
    read=read,
    desired=desired,
    write=write,
)
