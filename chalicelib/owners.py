"""Which role or user a resource is, or belongs to, looked up as it is planned: it may be protected as one.

No event tells the path of a role or user, and not every one tells whose an access key is.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib import arns
from chalicelib.errors import Unsupported
from chalicelib.model import Ceiling, Mode, Resource, Session
from chalicelib.organization import Protected

_READS = {
    "AWS::IAM::AccessKey": ("iam:GetAccessKeyLastUsed", "iam:GetUser"),
    "AWS::IAM::Role": ("iam:GetRole",),
    "AWS::IAM::User": ("iam:GetUser",),
    "AWS::STS::AssumedRole": ("iam:GetRole",),
}


def reads(resource_type: str, protected: Protected) -> tuple[str, ...]:
    """Return the IAM actions that looking takes; none for other types, or where nothing protected depends on it."""
    needed = _READS.get(resource_type, ())
    by_name = resource_type == "AWS::IAM::AccessKey" and (protected.resources or _of_users(protected))
    return needed if by_name or any(map(_with_path, _patterns(protected))) else ()


def ceiling(aws: Session, resource: Resource, protected: Protected) -> Ceiling | None:
    """Return OBSERVE where the resource is, or belongs to, a protected principal. What AWS raises comes through."""
    if not reads(resource.type, protected):
        return None
    arn = _looked_up(aws, resource)
    name = replace(resource, type="AWS::IAM::User", id=arn.rpartition("/")[2])
    for pattern in (*protected.principals, *protected.resources):
        if arns.is_arn(pattern, arn) or (resource.type == "AWS::IAM::AccessKey" and arns.called(pattern, name)):
            return Ceiling("protected", Mode.OBSERVE, f"{arn} is protected by {pattern}")
    return None


def owner(aws: Session, key: Resource) -> str:
    """Return the user that AWS says owns an access key. Raises Unsupported where none does."""
    user = aws.client("iam").get_access_key_last_used(AccessKeyId=key.id).get("UserName")
    if not user:
        raise Unsupported(f"{key.id} is no IAM user's key")
    return str(user)


def _looked_up(aws: Session, resource: Resource) -> str:
    """Return the ARN, with its path, of the role or user."""
    iam = aws.client("iam")
    match resource.type:
        case "AWS::IAM::User":
            return str(iam.get_user(UserName=resource.id)["User"]["Arn"])
        case "AWS::IAM::AccessKey":
            return str(iam.get_user(UserName=owner(aws, resource))["User"]["Arn"])
        case _:
            return str(iam.get_role(RoleName=resource.id.partition("/")[0])["Role"]["Arn"])


def _patterns(protected: Protected) -> tuple[str, ...]:
    """Return the patterns that may mean roles or users."""
    named = (pattern for pattern in protected.resources if pattern.startswith("arn:") and ":iam:" in pattern)
    return (*protected.principals, *named)


def _with_path(pattern: str) -> bool:
    """Tell whether a pattern may reach into paths: `*` stands for slashes too."""
    name = pattern.partition("/")[2]
    return "/" in name or "*" in name


def _of_users(protected: Protected) -> bool:
    return any(":user/" in pattern for pattern in protected.principals)
