"""Deny every session of a role that was issued before now, as the IAM console's "Revoke active sessions" does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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

POLICY = "countermeasure-revoke-sessions"
AHEAD = timedelta(seconds=30)
"""How far in the future the cut is: IAM needs time to spread it (IAM User Guide, "Revoke IAM role temporary
security credentials")."""


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


def is_revoked(policy: Json, seen: str, now: datetime) -> bool:
    """Return whether the policy revokes the sessions that the finding last saw at `seen`.

    Any revocation counts when `seen` is no time, or one too far ahead for a cut made now to reach.
    """
    cuts = [cut for statement in statements(policy) for cut in revoked_before(statement)]
    last = moment(seen)
    if last is None or last > now + AHEAD:
        return bool(cuts)
    return any(cut >= last for cut in cuts)


def revocation(cut: datetime) -> Json:
    """Return the document that denies everything to sessions issued before `cut`."""
    issued = {"aws:TokenIssueTime": cut.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return document({**DENY_ALL, "Condition": {"DateLessThan": issued}})


def revoked_before(statement: Json) -> list[datetime]:
    """Return the times before which this statement revokes every session: none if it is of another kind."""
    times = statement.get("Condition", {}).get("DateLessThan", {}).get("aws:TokenIssueTime", [])
    if statement != {**DENY_ALL, "Condition": {"DateLessThan": {"aws:TokenIssueTime": times}}}:
        return []
    return [cut for cut in (moment(str(time)) for time in listed(times)) if cut]


def moment(text: str) -> datetime | None:
    """Return the time that an ISO 8601 text tells, in UTC unless it says otherwise; None when it tells none."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


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
