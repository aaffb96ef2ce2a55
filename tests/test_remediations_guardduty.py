"""Enabling a GuardDuty detector."""

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
from lab.scenes.guardduty_detector import scene
from remediations.guardduty.enable_detector import remediation

DETECTOR = Resource("AWS::GuardDuty::Detector", "12abc34d567e8fa901bc2d34e56789f0", "123456789012", "eu-central-1")


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


def test_a_suspended_detector_watches_again_and_undo_suspends_it(boto):
    assert scene.make(boto, DETECTOR) == scene.make(boto, DETECTOR) == DETECTOR.id
    plan = reconcile.plan(remediation, Aws(), DETECTOR)
    assert plan == reconcile.Plan(before={"enabled": False}, after={"enabled": True})
    reconcile.write(remediation, Aws(), DETECTOR, plan.before, plan.after)
    assert boto.client("guardduty").get_detector(DetectorId=DETECTOR.id)["Status"] == "ENABLED"
    reconcile.write(remediation, Aws(), DETECTOR, plan.after, plan.before)
    assert boto.client("guardduty").get_detector(DetectorId=DETECTOR.id)["Status"] == "DISABLED"


def test_a_deleted_detector_is_gone(boto):
    with pytest.raises(Gone, match="12abc34d567e8fa901bc2d34e56789f0 does not exist any more"):
        reconcile.plan(remediation, Aws(), DETECTOR)


def test_any_other_refusal_comes_through_as_it_is():
    class Refusing:
        def client(self, service):
            return self

        def get_detector(self, DetectorId):  # noqa: N803
            raise ClientError({"Error": {"Code": "BadRequestException", "Message": "malformed"}}, "GetDetector")

    with pytest.raises(ClientError, match="malformed"):
        reconcile.plan(remediation, Refusing(), DETECTOR)
