"""A GuardDuty detector that somebody suspended, beside a running one in another region."""

from __future__ import annotations

import boto3
from moto.core.base_backend import BackendDict
from moto.guardduty.models import GuardDutyBackend, guardduty_backends

from chalicelib.model import Resource
from lab.scene import Scene


def make(boto: boto3.Session, resource: Resource) -> str:
    """Return the detector's id: always the event's own."""
    guardduty = boto.client("guardduty")
    if resource.id not in guardduty.list_detectors()["DetectorIds"]:
        made = guardduty.create_detector(Enable=False)["DetectorId"]
        _rename(guardduty_backends, resource, made)
    elsewhere = "eu-west-1" if resource.region != "eu-west-1" else "us-east-1"
    neighbour = boto.client("guardduty", region_name=elsewhere)
    if not neighbour.list_detectors()["DetectorIds"]:
        neighbour.create_detector(Enable=True)
    return resource.id


def _rename(backends: BackendDict[GuardDutyBackend], resource: Resource, made: str) -> None:
    """Give the detector just made the event's id; moto offers no other way to choose it."""
    detectors = backends[resource.account][resource.region].detectors
    detectors[resource.id] = detectors.pop(made)
    detectors[resource.id].id = resource.id


# A detector is enabled or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::GuardDuty::Detector", example="12abc34d567e8fa901bc2d34e56789f0", make=make)
