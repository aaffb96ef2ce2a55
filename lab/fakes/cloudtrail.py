"""Fakes CloudTrail's LookupEvents, by an event's name or the key that signed: answers with what a scene recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse

from chalicelib.model import Resource

Responses: Any = CloudTrailResponse

PAGE = 50
"""How many events CloudTrail answers with at most (LookupEvents, MaxResults)."""


def apply() -> None:
    """Add the call to this process's moto; once more does no harm."""
    Responses.lookup_events = _lookup


def record(near: Resource, name: str, parameters: Any, error: str = "") -> None:
    """Have the event history of the account and region know of a call."""
    failed = {"errorCode": error} if error else {}
    keep(near, {"eventTime": _now(), "eventName": name, "requestParameters": parameters, **failed})


def record_role_assumed(near: Resource, key_id: str, arn: str, user_id: str, gives: str = "") -> None:
    """Have it know of a session of a role that a key began: `arn` is its STS ARN, `user_id` is `AROA...:name`.

    `gives` is the temporary key that came with it, if a test wants to know it.
    """
    keep(
        near,
        {
            "eventTime": _now(),
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
            "userIdentity": {"type": "IAMUser", "accessKeyId": key_id, "accountId": near.account},
            "requestParameters": {"roleSessionName": user_id.partition(":")[2]},
            "responseElements": {
                "credentials": {"accessKeyId": gives or "ASIAIOSFODNN7EXAMPLE"},
                "assumedRoleUser": {"assumedRoleId": user_id, "arn": arn},
            },
        },
    )


def keep(near: Resource, event: Any) -> None:
    """Have it know of an event as it stands."""
    _history(cloudtrail_backends[near.account][near.region]).append(event)


def _lookup(response: Any) -> str:
    """Newest first and in pages, as CloudTrail."""
    [asked] = response._get_param("LookupAttributes")
    since = datetime.fromtimestamp(response._get_param("StartTime") or 0, UTC)
    found = [
        event
        for event in reversed(_history(response.cloudtrail_backend))
        if _told_by(event, asked["AttributeKey"]) == asked["AttributeValue"] and _time(event) >= since
    ]
    start, size = int(response._get_param("NextToken") or 0), int(response._get_param("MaxResults") or PAGE)
    page = [
        {
            "EventName": event["eventName"],
            "EventTime": _time(event).timestamp(),
            "CloudTrailEvent": json.dumps(event),
        }
        for event in found[start : start + size]
    ]
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return json.dumps({"Events": page, **more})


def _told_by(event: Any, attribute: str) -> Any:
    """Return what an event is looked up by."""
    if attribute == "AccessKeyId":
        return event.get("userIdentity", {}).get("accessKeyId")
    return event["eventName"] if attribute == "EventName" else None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(event: Any) -> datetime:
    return datetime.fromisoformat(event["eventTime"])


def _history(backend: Any) -> list[Any]:
    """Return the events, oldest first; they are kept with the backend, and are forgotten with it."""
    kept: list[Any] = vars(backend).setdefault("_event_history", [])
    return kept
