"""Set an access key to Inactive, so that nobody can sign with it."""

from __future__ import annotations

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Remediation, Resource, Session


def read(aws: Session, key: Resource) -> str:
    keys = aws.client("iam").list_access_keys(UserName=owner(aws, key))["AccessKeyMetadata"]
    status = next((k["Status"] for k in keys if k["AccessKeyId"] == key.id), None)
    if status is None:
        raise Gone(f"{key.key} does not exist any more")
    return str(status)


def desired(now: str, key: Resource) -> str:
    return "Inactive"


def write(aws: Session, key: Resource, now: str, then: str) -> None:
    aws.client("iam").update_access_key(UserName=owner(aws, key), AccessKeyId=key.id, Status=then)


def owner(aws: Session, key: Resource) -> str:
    """Return the user that AWS says owns the key: what the event says may be wrong, or somebody's choice."""
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
