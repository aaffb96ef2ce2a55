"""Have AWS Config record again in a region where its recorder or its delivery channel was deleted."""

from __future__ import annotations

import json

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

EVERYTHING = {"allSupported": True, "includeGlobalResourceTypes": True}
BY_ITSELF = {
    "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
    "recordingMode": {"recordingFrequency": "CONTINUOUS"},
}
"""What Config adds to a recorder that was not told otherwise."""

ROLE = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
PARTS = ("name", "roleARN", "recordingGroup", "recordingMode")


def read(aws: Session, account: Resource) -> Json:
    """Return `{"recorder": {...} | null, "channel": {...} | null, "recording": bool}`, each as Config takes it.

    Raises Unsupported when the channel is gone and nothing says to which bucket it delivered.
    """
    config = aws.client("config")
    recorders = [each for each in config.describe_configuration_recorders()["ConfigurationRecorders"] if ours(each)]
    channels = config.describe_delivery_channels()["DeliveryChannels"]
    names = {each["name"] for each in recorders}
    statuses = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    if not channels:
        baseline(account)
    return {
        "recorder": settled({part: recorders[0].get(part) for part in PARTS}) if recorders else None,
        "channel": settled(channels[0]) if channels else None,
        "recording": any(each["recording"] for each in statuses if each["name"] in names),
    }


def ours(recorder: Json) -> bool:
    """Return whether a recorder is the customer's: a service's own is for that service to make."""
    return not recorder.get("servicePrincipal")


def settled(part: Json) -> Json:
    """Return what is set in a recorder or channel, without what Config adds by itself."""
    kept = {name: settled(value) if isinstance(value, dict) else value for name, value in part.items()}
    return {name: value for name, value in kept.items() if value not in (None, [], {}) and value != BY_ITSELF.get(name)}


def baseline(account: Resource) -> Json:
    """Return the delivery channel in `details["baseline"]`, JSON: `{"channel": {"name", "s3BucketName", ...}}`."""
    try:
        channel = json.loads(account.details["baseline"])["channel"]
        return {"name": "default", **settled(channel), "s3BucketName": str(channel["s3BucketName"])}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unsupported(
            f"{account.account} has no AWS Config delivery channel in {account.region} any more, and no baseline says"
            " to which bucket it delivered; make one by hand (PutDeliveryChannel), then start the recorder"
        ) from None


def desired(now: Json, account: Resource) -> Json:
    # The service-linked role, whatever the recorder had: nobody but AWS can have changed what that may do.
    role = f"arn:{account.partition}:iam::{account.account}:role/{ROLE}"
    return {
        "recorder": now["recorder"] or {"name": "default", "roleARN": role, "recordingGroup": EVERYTHING},
        "channel": now["channel"] or baseline(account),
        "recording": True,
    }


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    config = aws.client("config")
    name = (now["recorder"] or then["recorder"] or {}).get("name", "")
    if now["recording"] and not then["recording"]:
        config.stop_configuration_recorder(ConfigurationRecorderName=name)
    if now["channel"] and not then["channel"]:
        config.delete_delivery_channel(DeliveryChannelName=now["channel"]["name"])
    if now["recorder"] and not then["recorder"]:
        config.delete_configuration_recorder(ConfigurationRecorderName=name)
    if then["recorder"] and not now["recorder"]:
        config.put_configuration_recorder(ConfigurationRecorder=then["recorder"])
    if then["channel"] and not now["channel"]:  # Config takes a channel only where there is a recorder
        config.put_delivery_channel(DeliveryChannel=then["channel"])
    if then["recording"] and not now["recording"]:
        config.start_configuration_recorder(ConfigurationRecorderName=name)


remediation = Remediation(
    id="config.recreate_recorder",
    title="Make AWS Config's recorder and delivery channel again",
    resource_type="AWS::Account",
    reads=(
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
        "config:DescribeDeliveryChannels",
    ),
    writes=(
        "config:DeleteConfigurationRecorder",
        "config:DeleteDeliveryChannel",
        "config:PutConfigurationRecorder",
        "config:PutDeliveryChannel",
        "config:StartConfigurationRecorder",
        "config:StopConfigurationRecorder",
        "iam:PassRole",
    ),
    asks=("baseline",),
    impact=(
        "Config records all supported resource types in the region, global IAM types included, continuously, and its"
        " rules judge again: at its usual cost, which is higher than before where the old recorder left types out or"
        " recorded daily. It uses Config's service-linked role, which must still be there. A channel that is there is"
        " used as it is; a deleted one comes back from a baseline only. What changed meanwhile is recorded as it is"
        " now. Rules, conformance packs, aggregators and the retention period are not brought back."
    ),
    confirm_undo="Undo stops Config and deletes what was made: rules and Security Hub controls go blind.",
    read=read,
    desired=desired,
    write=write,
)
