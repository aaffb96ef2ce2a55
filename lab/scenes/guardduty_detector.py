"""A GuardDuty detector that somebody suspended, two plans switched off, beside a running one in another region."""

from __future__ import annotations

from typing import Any

import boto3
from moto.core.base_backend import BackendDict
from moto.guardduty.models import GuardDutyBackend, guardduty_backends

from chalicelib.model import Resource
from lab import moto_fixes_guardduty
from lab.scene import Scene


def make(boto: boto3.Session, resource: Resource) -> str:
    """Return the detector's id: always the event's own."""
    moto_fixes_guardduty.apply()
    guardduty = boto.client("guardduty")
    if resource.id not in guardduty.list_detectors()["DetectorIds"]:
        made = guardduty.create_detector(Enable=False)["DetectorId"]
        _rename(guardduty_backends, resource, made)
        _switch_off(boto, resource, "S3_DATA_EVENTS", "RDS_LOGIN_EVENTS")
    elsewhere = "eu-west-1" if resource.region != "eu-west-1" else "us-east-1"
    neighbour = boto.client("guardduty", region_name=elsewhere)
    if not neighbour.list_detectors()["DetectorIds"]:
        neighbour.create_detector(Enable=True)
    return resource.id


def without_lambda(boto: boto3.Session, resource: Resource) -> None:
    """Someone switches another plan off."""
    _switch_off(boto, resource, "LAMBDA_NETWORK_LOGS")


def _switch_off(boto: boto3.Session, resource: Resource, *plans: Any) -> None:
    features: Any = [{"Name": plan, "Status": "DISABLED"} for plan in plans]
    boto.client("guardduty").update_detector(DetectorId=resource.id, Features=features)


def _rename(backends: BackendDict[GuardDutyBackend], resource: Resource, made: str) -> None:
    """Give the detector just made the event's id; moto offers no other way to choose it."""
    detectors = backends[resource.account][resource.region].detectors
    detectors[resource.id] = detectors.pop(made)
    detectors[resource.id].id = resource.id


# A detector is enabled or not: there is no third state, so nobody can drift it into one. Its plans have many.
scene = Scene(
    resource_type="AWS::GuardDuty::Detector",
    example="12abc34d567e8fa901bc2d34e56789f0",
    make=make,
    drift={"guardduty.restore_features": without_lambda},
)
