"""Resume a suspended GuardDuty detector, so that threats in its region are seen again."""

from chalicelib.model import Remediation, Resource, Session, State
from remediations.guardduty import detectors


def read(aws: Session, detector: Resource) -> State:
    """Return `{"enabled": bool}`. Raises Gone when the detector was deleted."""
    return {"enabled": detectors.get(aws, detector)["Status"] == "ENABLED"}


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
