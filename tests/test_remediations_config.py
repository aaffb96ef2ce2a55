"""Config records again: its recorder is started, or made anew with its channel."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from chalicelib import reconcile
from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from lab.scenes.config_recorder import scene
from remediations.config.recreate_recorder import ours, settled
from remediations.config.recreate_recorder import remediation as recreate_recorder
from remediations.config.start_recorder import remediation
from tests.aws import apply, undo

RECORDER = Resource("AWS::Config::ConfigurationRecorder", "default", "123456789012", "eu-central-1")


def test_a_stopped_recorder_records_again_and_undo_stops_it(aws):
    assert scene.make(aws.boto, RECORDER) == RECORDER.id
    plan = reconcile.plan(remediation, aws, RECORDER)
    assert plan == reconcile.Plan(before={"recording": False}, after={"recording": True})
    reconcile.write(remediation, aws, RECORDER, plan.before, plan.after)
    assert reconcile.read(remediation, aws, RECORDER) == {"recording": True}
    reconcile.write(remediation, aws, RECORDER, plan.after, plan.before)
    assert reconcile.read(remediation, aws, RECORDER) == {"recording": False}


def test_a_recorder_without_a_delivery_channel_says_what_is_missing(aws):
    scene.make(aws.boto, RECORDER)
    aws.client("config").delete_delivery_channel(DeliveryChannelName="default")
    with pytest.raises(ClientError, match="NoAvailableDeliveryChannelException"):
        reconcile.write(remediation, aws, RECORDER, {"recording": False}, {"recording": True})


def test_a_deleted_recorder_is_gone(aws):
    with pytest.raises(Gone, match="NoSuchConfigurationRecorderException"):
        reconcile.plan(remediation, aws, RECORDER)


def test_the_scene_answers_with_the_one_recorder_an_account_may_have(aws):
    scene.make(aws.boto, RECORDER)
    other = Resource(RECORDER.type, "second", RECORDER.account, RECORDER.region)
    assert scene.make(aws.boto, other) == "default"


HERE = Resource("AWS::Account", "123456789012", "123456789012", "eu-central-1")
CHANNEL = {"name": "history", "s3BucketName": "config-history", "s3KeyPrefix": "all"}
KNOWN = replace(HERE, details={"baseline": json.dumps({"channel": CHANNEL})})
ROLE = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
MADE = {
    "name": "default",
    "roleARN": ROLE,
    "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
}


def test_a_deleted_recorder_is_made_again_and_delivers_through_the_channel_that_is_there(aws):
    scene.make(aws.boto, RECORDER)
    config = aws.client("config")
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    [channel] = config.describe_delivery_channels()["DeliveryChannels"]
    change = apply(aws, recreate_recorder, HERE)
    assert change == (
        {"recorder": None, "channel": channel, "recording": False},
        {"recorder": MADE, "channel": channel, "recording": True},
    )
    undo(aws, recreate_recorder, HERE, change)
    assert config.describe_delivery_channels()["DeliveryChannels"] == [channel]


def test_a_deleted_channel_comes_back_from_the_baseline_and_the_recorder_stays_as_it_is(aws):
    scene.make(aws.boto, RECORDER)
    config = aws.client("config")
    config.delete_delivery_channel(DeliveryChannelName="default")
    recorders = config.describe_configuration_recorders()["ConfigurationRecorders"]
    change = apply(aws, recreate_recorder, KNOWN)
    assert config.describe_delivery_channels()["DeliveryChannels"] == [CHANNEL]
    undo(aws, recreate_recorder, KNOWN, change)
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == recorders


@pytest.mark.parametrize(
    "details",
    [{}, {"baseline": "{"}, {"baseline": "[]"}, {"baseline": "{}"}, {"baseline": '{"channel": {"name": "x"}}'}],
)
def test_where_nothing_says_to_which_bucket_config_delivered_it_says_so(aws, details):
    with pytest.raises(Unsupported, match="no baseline says to which bucket it delivered"):
        reconcile.plan(recreate_recorder, aws, replace(HERE, details=details))


def test_a_recorder_of_a_service_is_not_ours():
    assert [ours({"name": "default"}), ours({"servicePrincipal": "config-multiaccountsetup.amazonaws.com"})] == [
        True,
        False,
    ]


def test_what_config_adds_by_itself_is_no_difference():
    told = {
        **MADE,
        "recordingGroup": {
            **MADE["recordingGroup"],
            "resourceTypes": [],
            "exclusionByResourceTypes": {"resourceTypes": []},
            "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
        },
        "recordingMode": {"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": []},
    }
    assert settled(told) == MADE
    daily = {"recordingMode": {"recordingFrequency": "DAILY"}}
    assert settled({**told, **daily}) == {**MADE, **daily}
