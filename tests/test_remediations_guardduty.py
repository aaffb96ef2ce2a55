"""Enabling a GuardDuty detector."""

import pytest
from botocore.exceptions import ClientError

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes.guardduty_detector import scene
from remediations.guardduty.enable_detector import remediation

DETECTOR = Resource("AWS::GuardDuty::Detector", "12abc34d567e8fa901bc2d34e56789f0", "123456789012", "eu-central-1")


def test_a_suspended_detector_watches_again_and_undo_suspends_it(aws):
    assert scene.make(aws.boto, DETECTOR) == scene.make(aws.boto, DETECTOR) == DETECTOR.id
    plan = reconcile.plan(remediation, aws, DETECTOR)
    assert plan == reconcile.Plan(before={"enabled": False}, after={"enabled": True})
    reconcile.write(remediation, aws, DETECTOR, plan.before, plan.after)
    assert aws.client("guardduty").get_detector(DetectorId=DETECTOR.id)["Status"] == "ENABLED"
    reconcile.write(remediation, aws, DETECTOR, plan.after, plan.before)
    assert aws.client("guardduty").get_detector(DetectorId=DETECTOR.id)["Status"] == "DISABLED"


def test_a_deleted_detector_is_gone(aws):
    with pytest.raises(Gone, match="12abc34d567e8fa901bc2d34e56789f0 does not exist any more"):
        reconcile.plan(remediation, aws, DETECTOR)


def test_any_other_refusal_comes_through_as_it_is():
    class Refusing:
        def client(self, service):
            return self

        def get_detector(self, DetectorId):  # noqa: N803
            raise ClientError({"Error": {"Code": "BadRequestException", "Message": "malformed"}}, "GetDetector")

    with pytest.raises(ClientError, match="malformed"):
        reconcile.plan(remediation, Refusing(), DETECTOR)
