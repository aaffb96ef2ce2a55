"""Resume a suspended GuardDuty detector, so that threats in its region are seen again."""

from botocore.exceptions import ClientError

from chalicelib.errors import Gone
from chalicelib.model import Remediation, Resource, Session, State

NOT_THERE = "detectorId is not owned by the current account"
"""How GuardDuty says that a detector does not exist (a BadRequestException like any other bad input)."""


def read(aws: Session, detector: Resource) -> State:
    """Return `{"enabled": bool}`. Raises Gone when the detector was deleted."""
    try:
        status = aws.client("guardduty").get_detector(DetectorId=detector.id)["Status"]
    except ClientError as error:
        if NOT_THERE in error.response["Error"].get("Message", ""):
            raise Gone(f"{detector.key} does not exist any more") from error
        raise
    return {"enabled": status == "ENABLED"}


def desired(now: State, detector: Resource) -> State:
    return {"enabled": True}


def write(aws: Session, detector: Resource, now: State, then: State) -> None:
    aws.client("guardduty").update_detector(DetectorId=detector.id, Enable=then["enabled"])


remediation = Remediation(
    id="guardduty.enable_detector",
    title="Enable a GuardDuty detector",
    resource_type="AWS::GuardDuty::Detector",
    reads=("guardduty:GetDetector",),
    writes=("guardduty:UpdateDetector",),
    pin=("arn:{partition}:guardduty:{region}:{account}:detector/{id}",),
    impact=(
        "GuardDuty watches the region again, at its usual cost. It does not look back at the time it was suspended,"
        " and it does not bring back protection plans, trusted lists, filters or members that were changed beside it."
    ),
    confirm_undo="Undo suspends GuardDuty again: threats in this region go unseen.",
    read=read,
    desired=desired,
    write=write,
)
