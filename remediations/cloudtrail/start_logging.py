"""Start the logging of a CloudTrail trail again, so that what happens next is recorded."""

from chalicelib.errors import Gone
from chalicelib.model import Remediation, Resource, Session, State
from remediations.cloudtrail import trails


def read(aws: Session, trail: Resource) -> State:
    """Return `{"logging": bool}`. Raises Gone where no trail of that name has its home in this account and region."""
    cloudtrail = aws.client("cloudtrail")
    try:
        return {"logging": cloudtrail.get_trail_status(Name=trails.arn(aws, trail))["IsLogging"]}
    except cloudtrail.exceptions.TrailNotFoundException as error:
        raise Gone(f"{trail.key} is gone, or at home in another account or region: look for it there") from error


def desired(now: State, trail: Resource) -> State:
    return {"logging": True}


def write(aws: Session, trail: Resource, now: State, then: State) -> None:
    cloudtrail = aws.client("cloudtrail")
    act = cloudtrail.start_logging if then["logging"] else cloudtrail.stop_logging
    act(Name=trails.arn(aws, trail))


remediation = Remediation(
    id="cloudtrail.start_logging",
    title="Start a CloudTrail trail's logging",
    resource_type="AWS::CloudTrail::Trail",
    reads=("cloudtrail:GetTrailStatus",),
    writes=("cloudtrail:StartLogging", "cloudtrail:StopLogging"),
    pin=("arn:{partition}:cloudtrail:{region}:{account}:trail/{id}",),
    impact=(
        "The trail delivers again, at its usual cost. It does not bring back what happened while it was stopped, and it"
        " does not mend a changed bucket policy, key, or event selectors that keep events out."
    ),
    confirm_undo="Undo stops the trail again: nothing that happens from then on is recorded by it.",
    read=read,
    desired=desired,
    write=write,
)
