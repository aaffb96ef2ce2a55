"""Starting a Config recorder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes.config_recorder import scene
from remediations.config.start_recorder import remediation

RECORDER = Resource("AWS::Config::ConfigurationRecorder", "default", "123456789012", "eu-central-1")


@dataclass(frozen=True, slots=True)
class Aws:
    account: str = "123456789012"
    region: str = "eu-central-1"
    partition: str = "aws"
    incident: str = "inc-1"
    now: datetime = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)

    def client(self, service: str) -> object:
        return boto3.client(service, region_name=self.region)


@pytest.fixture
def boto(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with mock_aws():
        yield boto3.Session(region_name="eu-central-1")


def test_a_stopped_recorder_records_again_and_undo_stops_it(boto):
    assert scene.make(boto, RECORDER) == RECORDER.id
    plan = reconcile.plan(remediation, Aws(), RECORDER)
    assert plan == reconcile.Plan(before={"recording": False}, after={"recording": True})
    reconcile.write(remediation, Aws(), RECORDER, plan.before, plan.after)
    assert reconcile.read(remediation, Aws(), RECORDER) == {"recording": True}
    reconcile.write(remediation, Aws(), RECORDER, plan.after, plan.before)
    assert reconcile.read(remediation, Aws(), RECORDER) == {"recording": False}


def test_a_recorder_without_a_delivery_channel_says_what_is_missing(boto):
    scene.make(boto, RECORDER)
    boto.client("config").delete_delivery_channel(DeliveryChannelName="default")
    with pytest.raises(ClientError, match="NoAvailableDeliveryChannelException"):
        reconcile.write(remediation, Aws(), RECORDER, {"recording": False}, {"recording": True})


def test_a_deleted_recorder_is_gone(boto):
    with pytest.raises(Gone, match="NoSuchConfigurationRecorderException"):
        reconcile.plan(remediation, Aws(), RECORDER)


def test_the_scene_answers_with_the_one_recorder_an_account_may_have(boto):
    scene.make(boto, RECORDER)
    other = Resource(RECORDER.type, "second", RECORDER.account, RECORDER.region)
    assert scene.make(boto, other) == "default"
