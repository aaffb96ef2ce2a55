"""Deny every session of a role that a key began, and leave the sessions that others began alone."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.accounts import RESPONDER
from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam import deny_role_session
from remediations.iam.traces import Begun, traced


def read(aws: Session, key: Resource) -> Json:
    """Return `{"sessions": {"role/session": "denied"}}`, else `"free"` or the policy that has the denial's name.

    `beyond` lists those that cannot be cut here: of other accounts, of AWS's own roles, and of the responder.
    `traced` is there where the key did more than is read.
    """
    trace = traced(aws, key)
    sessions, beyond = {}, []
    for each in trace.begun:
        if each.account != key.account or each.role == RESPONDER:
            beyond.append(f"{each.account}/{each.name}")
            continue
        try:
            if there := look(aws, key, each):
                sessions[each.name] = told(there)
        except Unsupported:
            beyond.append(f"{each.account}/{each.name}")
    partly = {} if trace.whole else {"traced": "the newest calls only"}
    return {"sessions": sessions, **({"beyond": beyond} if beyond else {}), **partly}


def look(aws: Session, key: Resource, begun: Begun) -> Json:
    """Return how the session is denied or not; nothing where its role is gone, even if another has its name now.

    Raises Unsupported for AWS's own roles.
    """
    try:
        role, policy, denied = deny_role_session.look(aws, session_of(key, begun.name))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return None
    if denied != deny_role_session.denial(begun.user_id):
        return None
    return deny_role_session.now_of(aws, role, policy, denied)


def told(state: Json) -> Json:
    """Return in short what `iam.deny_role_session` has of a session."""
    return "denied" if state["session"] == "denied" else state["policy"] or "free"


def meant(told: Json) -> Json:
    """Return what `iam.deny_role_session` has of a session that is told of in short."""
    if told == "denied":
        return {"session": "denied"}
    return {"session": "allowed", "policy": None if told == "free" else told}


def session_of(key: Resource, name: str) -> Resource:
    """Return the session `role/session` of the key's account, as `iam.deny_role_session` takes it."""
    return Resource("AWS::STS::AssumedRole", name, key.account, key.region, key.partition)


def desired(now: Json, key: Resource) -> Json:
    return {**now, "sessions": dict.fromkeys(now["sessions"], "denied")}


def write(aws: Session, key: Resource, now: Json, then: Json) -> None:
    """Write every session that is to change. One that AWS refuses holds back no other; it is raised in the end."""
    refused: list[ClientError | Unsupported] = []
    for name, wanted in then["sessions"].items():
        if now["sessions"].get(name) != wanted:
            try:
                deny_role_session.write(aws, session_of(key, name), {}, meant(wanted))
            except (ClientError, Unsupported) as error:
                refused.append(error)
    if refused:
        raise refused[0]


remediation = Remediation(
    id="iam.deny_sessions_of_key",
    title="Deny the role sessions that a key began",
    resource_type="AWS::IAM::AccessKey",
    reads=("cloudtrail:LookupEvents", "iam:GetRole", "iam:GetRolePolicy"),
    writes=("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    pin=("arn:{partition}:iam::{account}:role/*",),
    impact=(
        "Every session of a role that the key began by AssumeRole in the 12 hours before it was last seen, or since,"
        " itself or by keys that it got from STS, loses all access, and new ones of that name in that role too; other"
        " sessions of the role go on. Not seen, and so not cut: calls to STS endpoints of other regions than that of"
        " IAM, calls of the last minutes that CloudTrail does not tell of yet, and what lies beyond the newest 500"
        " events. Sessions in other accounts are listed and not cut: deny them there."
    ),
    read=read,
    desired=desired,
    write=write,
)
