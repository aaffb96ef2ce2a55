"""Set an access key to Inactive, so that nobody can sign with it."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Remediation, Resource, Session

_NOT_THEIRS = {"NoSuchEntity", "ValidationError"}


def read(aws: Session, key: Resource) -> str:
    named = key.details.get("user", "")
    status = (_status(aws, named, key) if named else None) or _status(aws, owner(aws, key), key)
    if status is None:
        raise Gone(f"{key.key} does not exist any more")
    return status


def desired(now: str, key: Resource) -> str:
    return "Inactive"


def write(aws: Session, key: Resource, now: str, then: str) -> None:
    iam, named = aws.client("iam"), key.details.get("user", "")
    try:
        iam.update_access_key(UserName=named or owner(aws, key), AccessKeyId=key.id, Status=then)
    except ClientError as error:
        if not named or error.response["Error"]["Code"] not in _NOT_THEIRS:
            raise
        iam.update_access_key(UserName=owner(aws, key), AccessKeyId=key.id, Status=then)


def _status(aws: Session, user: str, key: Resource) -> str | None:
    """Return the status of the key if it is this user's, whom the event may only claim to own it."""
    try:
        keys = aws.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_THEIRS and user == key.details.get("user"):
            return None
        raise
    return next((str(each["Status"]) for each in keys if each["AccessKeyId"] == key.id), None)


def owner(aws: Session, key: Resource) -> str:
    """Return the user that AWS says owns the key."""
    if key.id.startswith("ASIA"):
        raise Unsupported(f"{key.id} is temporary and cannot be disabled; deny its session or its user")
    user = aws.client("iam").get_access_key_last_used(AccessKeyId=key.id).get("UserName")
    if not user:
        raise Unsupported(f"{key.id} is no IAM user's key; if it is the root user's, only root can disable it")
    return str(user)


remediation = Remediation(
    id="iam.disable_access_key",
    title="Disable an access key",
    resource_type="AWS::IAM::AccessKey",
    reads=("iam:GetAccessKeyLastUsed", "iam:ListAccessKeys"),
    writes=("iam:UpdateAccessKey",),
    pin=("arn:{partition}:iam::{account}:user/*",),
    impact="Whatever signs with this key fails at once. The user's other keys, the console password and sessions"
    " already made with this key go on working.",
    confirm_undo="AWS advises against reactivating a key that may have leaked: give the user a new one.",
    read=read,
    desired=desired,
    write=write,
)
