"""The events that a new rule begins with, and the pattern that tells them apart: by source, in AWS's own form."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chalicelib.errors import InvalidCatalogue

SKELETONS = Path(__file__).parent / "skeletons"
FILL = "FILL IN"
CALL = re.compile(r"[a-z0-9-]{2,60}:[A-Za-z0-9_]{2,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Called:
    """An API call as CloudTrail tells of it, and another of its service that is none of the rule's business."""

    service: str = FILL
    name: str = FILL
    request: Mapping[str, Any] = field(default_factory=lambda: {FILL: FILL}, hash=False)
    other: str = ""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A pattern, its events by the names of their files, and the JMESPath to what a call is about (else empty)."""

    pattern: Mapping[str, Any] = field(hash=False)
    events: Mapping[str, Mapping[str, Any]] = field(hash=False)
    resource: str = ""


def called(call: str, request: str, ignores: str) -> Called | None:
    """Return what the options of `new rule` say of a call, or None where they say nothing. Raises InvalidCatalogue."""
    if not (call or request or ignores):
        return None
    for option, said in (("--call", call), ("--ignores", ignores)):
        if said and not CALL.fullmatch(said):
            raise InvalidCatalogue(f"{option} {said[:100]!r}: no call; it is SERVICE:NAME, as kms:DisableKey")
    service, _, name = call.partition(":")
    near, _, other = ignores.partition(":")
    if service and near and service != near:
        raise InvalidCatalogue(f"--ignores {ignores}: take a call of the service that --call names, {service}")
    return Called(service or near or FILL, name or FILL, _request(request) if request else {FILL: FILL}, other)


def beginning(source: str, called: Called | None) -> Beginning:
    """Return what a rule of a source (`guardduty`, ...) begins with. `called` is for `cloudtrail`."""
    skeleton = json.loads((SKELETONS / f"{source}.json").read_text())
    resource = ""
    if source == "cloudtrail":
        resource = _call(skeleton, called or Called())
    fires = skeleton["event"]
    events = {"fires.called" if source == "cloudtrail" else "fires.found": fires}
    for name, changes in skeleton["ignores"].items():
        events[f"ignores.{name}"] = copy.deepcopy(fires) | {"id": str(uuid5(NAMESPACE_URL, f"{source} {name}"))}
        for path, value in changes.items():
            _set(events[f"ignores.{name}"], path, value)
    return Beginning(skeleton["pattern"], events, resource)


def _call(skeleton: dict[str, Any], called: Called) -> str:
    """Put a call into a skeleton, and return where it names the resource."""
    skeleton["pattern"] |= {"source": [f"aws.{called.service}"]}
    skeleton["pattern"]["detail"] |= {"eventName": [called.name]}
    skeleton["event"] |= {"source": f"aws.{called.service}"}
    skeleton["event"]["detail"] |= {
        "eventSource": f"{called.service}.amazonaws.com",
        "eventName": called.name,
        "requestParameters": dict(called.request),
    }
    if called.other:
        skeleton["ignores"]["other_call"] = {"detail.eventName": called.other}
    return f"detail.requestParameters.{next(iter(called.request), FILL)}"


def _set(event: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    at: Any = event
    for key in parents:
        at = at[int(key)] if isinstance(at, list) else at[key]
    at[last] = value


def _request(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidCatalogue(f"--request: no JSON: {error}") from error
    if not isinstance(found, dict) or not found:
        raise InvalidCatalogue('--request: takes what CloudTrail has as requestParameters: {"keyId": "..."}')
    return found
