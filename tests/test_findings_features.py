"""Which protection plans of GuardDuty a call switches off is told to what switches them on again, and nothing else."""

from typing import Any

import pytest

from chalicelib.catalogue import load
from chalicelib.findings import parse
from chalicelib.findings.features import switched_off
from chalicelib.findings.resources import from_rule
from tests.replaying import event

RULE = load("rules", "remediations").rules["cloudtrail.detector_plan_disabled"]
TWO_OFF = "cloudtrail.detector_plan_disabled/fires.two_plans_off_and_one_on"


def off(*names: Any) -> list[dict[str, Any]]:
    return [{"name": name, "status": "DISABLED"} for name in names]


ASKED: dict[str, tuple[Any, str]] = {
    "none": ({"enable": False}, ""),
    "no request": (None, ""),
    "one": ({"features": off("S3_DATA_EVENTS")}, "S3_DATA_EVENTS"),
    "one of two": ({"features": [*off("EKS_AUDIT_LOGS"), {"name": "A_B", "status": "ENABLED"}]}, "EKS_AUDIT_LOGS"),
    "by their older names": (
        {
            "dataSources": {
                "s3Logs": {"enable": False},
                "kubernetes": {"auditLogs": {"enable": True}},
                "malwareProtection": {"scanEc2InstanceWithFindings": {"ebsVolumes": False}},
            }
        },
        "EBS_MALWARE_PROTECTION S3_DATA_EVENTS",
    ),
    "hostile": ({"features": off("S3 DATA", "A" * 65, "x\n", 7, None, ["A"]), "dataSources": "s3Logs"}, ""),
    "no list": ({"features": {"name": "S3_DATA_EVENTS", "status": "DISABLED"}}, ""),
}


@pytest.mark.parametrize(("asked", "plans"), ASKED.values(), ids=ASKED)
def test_the_plans_that_a_call_switches_off(asked: Any, plans: str) -> None:
    assert switched_off({"detail": {"requestParameters": asked}}) == plans


def test_the_detector_of_a_call_is_told_with_them() -> None:
    [finding] = parse(event(TWO_OFF))
    [detector] = from_rule(RULE, finding)
    assert detector.details == {"features": "RDS_LOGIN_EVENTS S3_DATA_EVENTS"}
