"""Set every service-specific credential of an IAM user to Inactive: CodeCommit and Keyspaces passwords, API keys."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.model import Json, Remediation, Resource, Session


def read(aws: Session, user: Resource) -> Json:
    """Return `{"ACCA...": "Active" | "Inactive" | "Expired"}`: one that is made later changes it."""
    return {each["ServiceSpecificCredentialId"]: each["Status"] for each in credentials(aws.client("iam"), user.id)}


def credentials(iam: Json, user: str) -> Iterator[Json]:
    """Yield the user's credentials of every service. botocore has no paginator for this call."""
    marker: dict[str, str] = {}
    while True:
        page = iam.list_service_specific_credentials(UserName=user, **marker)
        yield from page["ServiceSpecificCredentials"]
        if not page.get("IsTruncated"):
            return
        marker = {"Marker": page["Marker"]}


def desired(now: Json, user: Resource) -> Json:
    return {id_: "Inactive" if status == "Active" else status for id_, status in now.items()}


def write(aws: Session, user: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    for id_, status in then.items():
        if now.get(id_, status) != status:
            iam.update_service_specific_credential(UserName=user.id, ServiceSpecificCredentialId=id_, Status=status)


remediation = Remediation(
    id="iam.disable_service_specific_credentials",
    title="Disable a user's service-specific credentials",
    resource_type="AWS::IAM::User",
    reads=("iam:ListServiceSpecificCredentials",),
    writes=("iam:UpdateServiceSpecificCredential",),
    pin=("arn:{partition}:iam::{account}:user/{id}", "arn:{partition}:iam::{account}:user/*/{id}"),
    impact="Git over HTTPS to CodeCommit, logins to Keyspaces and long-term Bedrock API keys of the user fail at once."
    " Access keys, SSH keys, the console password and sessions go on working, and so do short-term Bedrock API keys,"
    " which are made of a session.",
    confirm_undo="AWS advises against reactivating credentials that may have leaked: give the user new ones.",
    read=read,
    desired=desired,
    write=write,
)
