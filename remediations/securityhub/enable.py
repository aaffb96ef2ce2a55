"""Enable Security Hub in a region where somebody disabled it, so that findings arrive there again."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session

OFF = {"InvalidAccessException": "not subscribed to AWS Security Hub", "ResourceNotFoundException": ""}
"""How Security Hub says that an account has not enabled it: an error code, and what its message says."""


def read(aws: Session, account: Resource) -> Json:
    """Return `{"enabled": bool}`."""
    try:
        aws.client("securityhub").describe_hub()
    except ClientError as error:
        if not is_off(error):
            raise
        return {"enabled": False}
    return {"enabled": True}


def is_off(error: ClientError) -> bool:
    told = error.response["Error"]
    return told["Code"] in OFF and OFF[told["Code"]] in told.get("Message", "")


def desired(now: Json, account: Resource) -> Json:
    return {"enabled": True}


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    hub = aws.client("securityhub")
    try:
        if then["enabled"]:
            hub.enable_security_hub(EnableDefaultStandards=False)
        else:
            hub.disable_security_hub()
    except ClientError as error:  # it is as it should be already
        if not (is_off(error) or error.response["Error"]["Code"] == "ResourceConflictException"):
            raise


remediation = Remediation(
    id="securityhub.enable",
    title="Enable Security Hub",
    resource_type="AWS::Account",
    reads=("securityhub:DescribeHub",),
    writes=("securityhub:EnableSecurityHub", "securityhub:DisableSecurityHub"),
    pin=("arn:{partition}:securityhub:{region}:{account}:hub/default",),
    impact=(
        "Security Hub takes findings of GuardDuty, Inspector, Macie and others in the region again, at its usual cost."
        " It enables no standard, and takes no administrator or members back: AWS took those away with the old hub, and"
        " no control is checked until you enable the standards that you had. Findings, insights and settings of the"
        " old hub AWS deletes 90 days after it was disabled. What happened meanwhile is not looked at."
    ),
    confirm_undo="Undo disables Security Hub again, and loses the standards and settings made there since.",
    read=read,
    desired=desired,
    write=write,
)
