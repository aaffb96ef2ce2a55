"""Set every access key of an IAM user to Inactive, for when it is not known which of them leaked."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session


def read(aws: Session, user: Resource) -> Json:
    """Return `{"AKIA...": "Active" | "Inactive" | "Expired"}`: a key that is made later changes it."""
    pages = aws.client("iam").get_paginator("list_access_keys").paginate(UserName=user.id)
    return {key["AccessKeyId"]: key["Status"] for page in pages for key in page["AccessKeyMetadata"]}


def desired(now: Json, user: Resource) -> Json:
    return {key: "Inactive" if status == "Active" else status for key, status in now.items()}


def write(aws: Session, user: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    for key, status in then.items():
        if now.get(key, status) != status:
            iam.update_access_key(UserName=user.id, AccessKeyId=key, Status=status)


remediation = Remediation(
    id="iam.disable_all_keys_of_user",
    title="Disable all access keys of a user",
    resource_type="AWS::IAM::User",
    reads=("iam:ListAccessKeys",),
    writes=("iam:UpdateAccessKey",),
    pin=("arn:{partition}:iam::{account}:user/{id}", "arn:{partition}:iam::{account}:user/*/{id}"),
    impact="Whatever signs with any key of the user fails at once. The console password, service-specific credentials"
    " and sessions already made with the keys go on working, and who may create keys for the user can make a new one.",
    confirm_undo="AWS advises against reactivating keys that may have leaked: give the user a new one.",
    read=read,
    desired=desired,
    write=write,
)
