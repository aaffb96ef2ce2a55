"""Starting a Config recorder."""

import pytest
from botocore.exceptions import ClientError

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes.config_recorder import scene
from remediations.config.start_recorder import remediation

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
