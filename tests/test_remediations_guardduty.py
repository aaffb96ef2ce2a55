"""A GuardDuty detector: resumed, its plans enabled, or made anew."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes.guardduty_detector import scene
from remediations.guardduty.enable_detector import remediation
from remediations.guardduty.restore_detector import remediation as restore_detector
from remediations.guardduty.restore_features import remediation as restore_features
from tests.aws import apply, undo

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


FEATURES = ("S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "RUNTIME_MONITORING")
ACCOUNT_ITSELF = Resource("AWS::Account", "123456789012", "123456789012", "eu-central-1")


def features(aws):
    found = aws.client("guardduty").get_detector(DetectorId=DETECTOR.id)["Features"]
    return {each["Name"]: each["Status"] for each in found}


def test_every_plan_is_enabled_and_undo_switches_off_those_that_were(aws):
    scene.make(aws.boto, DETECTOR)
    before = features(aws)
    change = apply(aws, restore_features, DETECTOR)
    assert features(aws) == {**before, **dict.fromkeys(FEATURES, "ENABLED")}
    assert aws.client("guardduty").get_detector(DetectorId=DETECTOR.id)["Status"] == "DISABLED"
    undo(aws, restore_features, DETECTOR, change)
    assert features(aws) == before


def test_where_the_event_names_the_plans_only_those_are_enabled(aws):
    scene.make(aws.boto, DETECTOR)
    before = features(aws)
    told = replace(DETECTOR, details={"features": "RDS_LOGIN_EVENTS DNS_LOGS ${x}"})
    assert apply(aws, restore_features, told) == ({"RDS_LOGIN_EVENTS": False}, {"RDS_LOGIN_EVENTS": True})
    assert features(aws) == {**before, "RDS_LOGIN_EVENTS": "ENABLED"}


def test_runtime_monitoring_is_left_off_where_the_older_plan_for_eks_is_on(aws):
    scene.make(aws.boto, DETECTOR)
    older = [{"Name": "EKS_RUNTIME_MONITORING", "Status": "ENABLED"}]
    aws.client("guardduty").update_detector(DetectorId=DETECTOR.id, Features=older)
    apply(aws, restore_features, DETECTOR)
    assert features(aws)["RUNTIME_MONITORING"] == "DISABLED"


def detectors(aws, region):
    return aws.boto.client("guardduty", region_name=region).list_detectors()["DetectorIds"]


def test_a_region_without_a_detector_gets_one_of_this_incident_and_undo_deletes_it(aws):
    elsewhere = aws.boto.client("guardduty", region_name="us-east-1").create_detector(Enable=False)["DetectorId"]
    change = apply(aws, restore_detector, ACCOUNT_ITSELF)
    assert change == ({"detector": "none"}, {"detector": "ours"})
    [made] = detectors(aws, "eu-central-1")
    told = aws.client("guardduty").get_detector(DetectorId=made)
    assert (told["Status"], told["Tags"]) == ("ENABLED", {"countermeasure:incident": "inc-1"})
    undo(aws, restore_detector, ACCOUNT_ITSELF, change)
    assert (detectors(aws, "eu-central-1"), detectors(aws, "us-east-1")) == ([], [elsewhere])


@pytest.mark.parametrize("tags", [{}, {"countermeasure:incident": "inc-2"}], ids=["nobody", "another incident"])
def test_a_detector_of_others_is_enough_and_never_deleted(aws, tags):
    other = aws.client("guardduty").create_detector(Enable=True, Tags=tags)["DetectorId"]
    assert reconcile.plan(restore_detector, aws, ACCOUNT_ITSELF).before == {"detector": "others"}
    assert not reconcile.plan(restore_detector, aws, ACCOUNT_ITSELF).needed
    reconcile.write(restore_detector, aws, ACCOUNT_ITSELF, {"detector": "ours"}, {"detector": "none"})
    assert detectors(aws, "eu-central-1") == [other]
