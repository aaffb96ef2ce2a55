"""Inline policies as the remediations of IAM read and write them: one document by name, or none."""

from __future__ import annotations

import json
from collections.abc import Callable

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Resource, Session

DENY_ALL: Json = {"Effect": "Deny", "Action": "*", "Resource": "*"}


def document(*statements: Json) -> Json:
    """Return a policy document of these statements. Version 2012-10-17 is the one that knows policy variables."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statements(policy: Json) -> list[Json]:
    """Return the statements of a document, none for no document. IAM takes one statement without its list, too."""
    found = policy["Statement"] if policy else []
    return found if isinstance(found, list) else [found]


def listed(value: Json) -> list[Json]:
    """Return the values of a condition key: IAM takes one value without its list."""
    return value if isinstance(value, list) else [value]


def read_inline(get: Callable[..., Json], **which: str) -> Json:
    """Return the document, or None when there is no policy of that name. Only for an owner that was seen to exist."""
    try:
        return get(**which)["PolicyDocument"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return None


def put_inline(put: Callable[..., Json], policy: Json, **which: str) -> None:
    """Store the document. Raises Unsupported when the owner's inline policies have no room left for it.

    The room is shared by all inline policies of one owner, white space not counted: 2,048 characters for a user,
    10,240 for a role (IAM User Guide, "IAM and AWS STS quotas"). PutUserPolicy and PutRolePolicy answer LimitExceeded.
    """
    try:
        put(PolicyDocument=json.dumps(policy), **which)
    except ClientError as error:
        if error.response["Error"]["Code"] != "LimitExceeded":
            raise
        raise Unsupported(
            f"{which['PolicyName']} does not fit: the inline policies are at IAM's size limit;"
            " move one of them into a managed policy, then try again"
        ) from error


def delete_inline(delete: Callable[..., Json], **which: str) -> None:
    """Delete the policy; one that is already deleted is as it should be."""
    try:
        delete(**which)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise


def changeable_role(aws: Session, resource: Resource, name: str) -> Json:
    """Return GetRole's answer for a role whose policies may be changed. Raises Unsupported for AWS's own roles.

    What tells them is the path, which AWS keeps for itself; a name alone can be chosen by anyone.
    """
    role = aws.client("iam").get_role(RoleName=name)["Role"]
    if role["Path"].startswith("/aws-service-role/"):
        raise Unsupported(
            f"{resource.id}: IAM lets nobody change the policies of a service-linked role;"
            " contain the resource of the service that uses it"
        )
    if role["Path"].startswith("/aws-reserved/"):
        raise Unsupported(
            f"{resource.id}: IAM Identity Center owns this role; disable the user there, end the user's sessions"
            " and deny them in the permission set"
        )
    return role
