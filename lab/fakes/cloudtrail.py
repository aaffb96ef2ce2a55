"""Fakes CloudTrail's LookupEvents, by the name of an event: answers with what a scene recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse

from chalicelib.model import Resource

Responses: Any = CloudTrailResponse


def apply() -> None:
    """Add the call to this process's moto; once more does no harm."""
    Responses.lookup_events = _lookup


def record(near: Resource, name: str, parameters: Any, error: str = "") -> None:
    """Have the event history of the account and region know of a call."""
    failed = {"errorCode": error} if error else {}
    _history(cloudtrail_backends[near.account][near.region]).append(
        {"eventName": name, "requestParameters": parameters, **failed}
    )


def _lookup(response: Any) -> str:
    """Newest first, as CloudTrail."""
    [asked] = response._get_param("LookupAttributes")
    name = asked["AttributeValue"] if asked["AttributeKey"] == "EventName" else ""
    found = [event for event in reversed(_history(response.cloudtrail_backend)) if event["eventName"] == name]
    told = {"EventName": name, "EventTime": datetime.now(UTC).timestamp()}
    return json.dumps({"Events": [{**told, "CloudTrailEvent": json.dumps(event)} for event in found]})


def _history(backend: Any) -> list[Any]:
    """Return the events, oldest first; they are kept with the backend, and are forgotten with it."""
    kept: list[Any] = vars(backend).setdefault("_event_history", [])
    return kept
