"""An AWS Config recorder that somebody stopped, its delivery channel still in place. An account has one in a region."""

from __future__ import annotations

import boto3

from chalicelib.model import Resource
from lab.scene import Scene
from lab.scenes.s3_bucket import have_bucket


def make(boto: boto3.Session, resource: Resource) -> str:
    """Return the recorder's name: the event's own, unless this account and region already have another one."""
    config = boto.client("config")
    have = config.describe_configuration_recorders()["ConfigurationRecorders"]
    if have:
        return str(have[0]["name"])
    role = f"arn:{resource.partition}:iam::{resource.account}:role/config-recorder"
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": resource.id,
            "roleARN": role,
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    bucket = f"config-history-{resource.account}-{resource.region}"
    have_bucket(boto, bucket, resource)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": bucket})
    config.start_configuration_recorder(ConfigurationRecorderName=resource.id)
    config.stop_configuration_recorder(ConfigurationRecorderName=resource.id)
    return resource.id


# Recording is on or off: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::Config::ConfigurationRecorder", example="default", make=make)
