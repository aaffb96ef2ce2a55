"""Enable Macie in a region where somebody disabled or paused it."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session

NOT_ENABLED = "Macie is not enabled"
"""How Macie says so: in the message of an AccessDeniedException, as it says that a permission is missing."""


def read(aws: Session, account: Resource) -> Json:
    """Return `{"status": "DISABLED" | "ENABLED" | "PAUSED"}`."""
    try:
        return {"status": aws.client("macie2").get_macie_session()["status"]}
    except ClientError as error:
        if NOT_ENABLED not in error.response["Error"].get("Message", ""):
            raise
        return {"status": "DISABLED"}


def desired(now: Json, account: Resource) -> Json:
    return {"status": "ENABLED"}


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    macie = aws.client("macie2")
    if then == now:
        return
    if then["status"] == "DISABLED":
        macie.disable_macie()
    elif now["status"] == "DISABLED":
        macie.enable_macie(status=then["status"])
    else:
        macie.update_macie_session(status=then["status"])


remediation = Remediation(
    id="macie.enable",
    title="Enable Macie",
    resource_type="AWS::Account",
    reads=("macie2:GetMacieSession",),
    writes=("macie2:DisableMacie", "macie2:EnableMacie", "macie2:UpdateMacieSession"),
    impact=(
        "Macie watches the region's S3 buckets again, at its usual cost. Where it was paused, its settings are as they"
        " were. Where it was disabled, AWS has deleted its findings, jobs, lists, filters and members: it starts anew"
        " with AWS's default settings, and an administrator account has to take it in again. It does not look back."
    ),
    confirm_undo="Undo pauses Macie again, or disables it and deletes what it found since.",
    read=read,
    desired=desired,
    write=write,
)
