"""One case of the comparison: what is made in AWS, how it is broken, the event that says so, and when it is fixed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import boto3

ACCOUNT = "123456789012"
REGION = "us-east-1"
INTRUDER = "198.51.100.7"

State: TypeAlias = dict[str, str]
"""Names and ids of what a case has made, by what the case calls them."""

Event: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A case, the same for every candidate; its functions use the AWS that boto3's default session leads to.

    `contains` are the AWS calls that may end the danger. `beyond` are those that countermeasure alone makes, for more
    than the case asks for: evidence.
    """

    name: str
    title: str
    make: Callable[[], State]
    spoil: Callable[[State], None]
    event: Callable[[State], Event]
    fixed: Callable[[State], bool]
    contains: frozenset[str]
    beyond: frozenset[str] = frozenset()


@functools.cache
def client(service: str) -> Any:
    """Return the case's own client of a service."""
    return boto3.client(service, region_name=REGION)


def envelope(source: str, detail_type: str, detail: Mapping[str, Any]) -> Event:
    """Return an event as EventBridge delivers it."""
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000000",
        "source": source,
        "detail-type": detail_type,
        "account": ACCOUNT,
        "time": "2026-08-01T12:00:00Z",
        "region": REGION,
        "resources": [],
        "detail": dict(detail),
    }


def api_call(service: str, name: str, identity: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return what CloudTrail records of one call."""
    return {
        "eventVersion": "1.10",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "eventTime": "2026-08-01T11:59:58Z",
        "eventID": "11111111-0000-4000-8000-000000000000",
        "requestID": "22222222-0000-4000-8000-000000000000",
        "eventType": "AwsApiCall",
        "awsRegion": REGION,
        "sourceIPAddress": INTRUDER,
        "userAgent": "aws-cli/2.15.0",
        "recipientAccountId": ACCOUNT,
        "readOnly": False,
        "userIdentity": dict(identity),
        **more,
    }


def user(name: str) -> dict[str, Any]:
    """Return CloudTrail's `userIdentity` of an IAM user."""
    return {
        "type": "IAMUser",
        "principalId": "AIDAIOSFODNN7EXAMPLE",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": name,
    }


def guardduty(type_: str, severity: int, resource: Mapping[str, Any], action: Mapping[str, Any]) -> Event:
    """Return the event of a GuardDuty finding."""
    id_ = "0" * 32
    detail = {
        "schemaVersion": "2.0",
        "accountId": ACCOUNT,
        "region": REGION,
        "partition": "aws",
        "id": id_,
        "arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/{'1' * 32}/finding/{id_}",
        "type": type_,
        "resource": dict(resource),
        "service": {
            "serviceName": "guardduty",
            "detectorId": "1" * 32,
            "action": dict(action),
            "resourceRole": "TARGET",
            "eventFirstSeen": "2026-08-01T11:50:00Z",
            "eventLastSeen": "2026-08-01T11:58:00Z",
            "archived": False,
            "count": 1,
        },
        "severity": severity,
        "createdAt": "2026-08-01T11:58:30.000Z",
        "updatedAt": "2026-08-01T11:58:30.000Z",
        "title": "A threat was found.",
        "description": "A threat was found.",
    }
    return envelope("aws.guardduty", "GuardDuty Finding", detail)


def fresh(event: Event, number: int) -> Event:
    """Return the event as news: nobody has heard of it, nor of its finding, before."""
    detail = dict(event["detail"])
    if "eventID" in detail:
        detail["eventID"] = f"11111111-0000-4000-8000-{number:012x}"
    if "schemaVersion" in detail:
        detail["id"] = f"{number:032x}"
        detail["arn"] = detail["arn"].rpartition("/")[0] + f"/{number:032x}"
    for finding in detail.get("findings", ()):
        finding["Id"] = finding["Id"].rpartition("/")[0] + f"/{number}"
    return {**event, "id": f"00000000-0000-4000-8000-{number:012x}", "detail": detail}
