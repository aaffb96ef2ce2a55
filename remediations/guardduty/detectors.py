"""Detectors, as GuardDuty has them."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Gone
from chalicelib.model import Json, Resource, Session

NOT_THERE = "detectorId is not owned by the current account"
"""How GuardDuty says that a detector does not exist (a BadRequestException like any other bad input)."""


def get(aws: Session, detector: Resource) -> Json:
    """Return what GetDetector says. Raises Gone when the detector was deleted."""
    try:
        return aws.client("guardduty").get_detector(DetectorId=detector.id)
    except ClientError as error:
        if NOT_THERE in error.response["Error"].get("Message", ""):
            raise Gone(f"{detector.key} does not exist any more") from error
        raise
