"""Start an AWS Config recorder again, so that changes to resources are recorded and judged."""

from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, recorder: Resource) -> State:
    """Return `{"recording": bool}`."""
    answer = aws.client("config").describe_configuration_recorder_status(ConfigurationRecorderNames=[recorder.id])
    return {"recording": answer["ConfigurationRecordersStatus"][0]["recording"]}


def desired(now: State, recorder: Resource) -> State:
    return {"recording": True}


def write(aws: Session, recorder: Resource, now: State, then: State) -> None:
    config = aws.client("config")
    act = config.start_configuration_recorder if then["recording"] else config.stop_configuration_recorder
    act(ConfigurationRecorderName=recorder.id)


remediation = Remediation(
    id="config.start_recorder",
    title="Start an AWS Config recorder",
    resource_type="AWS::Config::ConfigurationRecorder",
    reads=("config:DescribeConfigurationRecorderStatus",),
    writes=("config:StartConfigurationRecorder", "config:StopConfigurationRecorder"),
    # The ARN ends in an id that AWS makes up; an account has one recorder of that name in a region.
    pin=("arn:{partition}:config:{region}:{account}:configuration-recorder/{id}/*",),
    impact=(
        "Config records again, at its usual cost, and its rules judge what changed meanwhile. It does not bring back a"
        " deleted delivery channel (then AWS refuses to start the recorder) or what the recorder was told to leave out."
    ),
    confirm_undo="Undo stops the recorder again: Config rules and Security Hub controls go blind.",
    read=read,
    desired=desired,
    write=write,
)
