"""Whether time grows as size does: each kind of hostile input at doubling sizes, until one takes long enough."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import MalformedEvent, MalformedRequest, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.notify.escape import mrkdwn
from chalicelib.pattern import Index, InvalidPattern, compile_pattern
from chalicelib.records import finding_text
from chalicelib.slackapp import clicks
from chalicelib.units import units
from chalicelib.wiring import utc_now
from cli import intake
from torture.hostile_loop import Broken
from torture.hostile_seeds import catalogue, seeds
from torture.hostile_values import deep

ENOUGH = 0.01
"""Seconds below which a ratio says nothing."""

LONG_ENOUGH = 0.15
"""Seconds after which an input is not doubled again."""

LARGEST = 1 << 20
BOUND = 3.5
_DOUBLINGS, _TRIES = 3, 2
_PICK = {
    "guardduty": "tests/guardduty.ec2_mining_cryptocurrency/",
    "asff": "tests/securityhub.",
    "cloudtrail": "tests/cloudtrail.trail_logging_stopped/",
    "health": "tests/health.",
}


@dataclass(frozen=True, slots=True)
class Grown:
    """One kind of input: the largest that was tried, its seconds, and how many times longer each doubling took."""

    name: str
    characters: int
    seconds: float
    ratio: float


def grown(name: str) -> Grown:
    """Double one kind of input until it is large or takes long, and tell how time grew with each doubling.

    Only the processor's time counts, as the machine may be busy with others.
    """
    make, read = shapes()[name]
    size, told = 1_024, list[float]()
    while size <= LARGEST and (not told or told[-1] < LONG_ENOUGH or len(told) < _DOUBLINGS):
        value = make(size)
        seconds = min(_seconds(read, value) for _ in range(_TRIES))
        told += [seconds] if seconds >= ENOUGH else []
        size *= 2
    ratio = (told[-1] / told[0]) ** (1 / (len(told) - 1)) if len(told) > 1 else 0.0
    return Grown(name, size // 2, told[-1] if told else 0.0, ratio)


def held(found: Grown) -> None:
    """Raise Broken where time grew faster than size."""
    if found.ratio > BOUND:
        raise Broken(f"{found.name}: {found.ratio:.1f} times as long for twice the size")


def _seconds(read: Callable[[Any], Any], value: Any) -> float:
    began = time.process_time()
    read(value)
    return time.process_time() - began


def shapes() -> Mapping[str, tuple[Callable[[int], Any], Callable[[Any], Any]]]:
    """Return how each kind of input is made of a size in characters, and what reads it."""
    found: dict[str, tuple[Callable[[int], Any], Callable[[Any], Any]]] = {}
    made = seeds("fires*.json", corpus=False)
    for kind, start in _PICK.items():
        name = next((each for each in made if each.startswith(start)), "")
        if name:
            for shape, more in _EVENT.items():
                found[f"{kind}, {shape}"] = (_within(made[name], more), _answerable)
    found |= {f"pattern, {name}": (make, _compiled) for name, make in _PATTERN.items()}
    found |= {f"event for a pattern, {name}": (make, _matched) for name, make in _MATCHED.items()}
    found |= {f"file, {name}": (make, _taken_in) for name, make in _FILE.items()}
    found |= {f"click, {name}": (make, _clicked) for name, make in _CLICK.items()}
    found["text for Slack"] = (lambda n: "<*`&\u0301" * (n // 5), lambda text: mrkdwn(text, len(text)))
    return found


def _within(seed: Callable[[], Any], more: Callable[[int], Any]) -> Callable[[int], Any]:
    """Return what puts something of a size into every object of the event's detail that is not deep within."""

    def make(size: int) -> Any:
        event = seed()
        event["detail"]["hostile"] = more(size)
        for name in ("requestParameters", "service", "title", "userIdentity"):
            if isinstance(inner := event["detail"].get(name), dict):
                inner["hostile"] = more(size // 4)
            elif isinstance(inner, str):
                event["detail"][name] = inner + "\u202ex" * (size // 8)
        for one in event["detail"].get("findings", ()):
            one["Resources"] = [
                *one["Resources"],
                *({"Type": "AwsS3Bucket", "Id": f"b-{n}"} for n in range(size // 40)),
            ]
            one["Title"] = "\u202e<" * (size // 8)
        return event

    return make


_EVENT: dict[str, Callable[[int], Any]] = {
    "a long text": lambda n: "\u202e x" * (n // 3),
    "many keys": lambda n: {f"key.{each}": each for each in range(n // 16)},
    "a long list": lambda n: [{"a": each} for each in range(n // 12)],
    "nested": lambda n: deep(n // 6, dict),
    "nested lists": lambda n: deep(n // 2, list),
}
_PATTERN: dict[str, Callable[[int], Any]] = {
    "a wildcard": lambda n: {"a": [{"wildcard": "*ab" * (n // 3)}]},
    "many values": lambda n: {"a": [{"prefix": f"{each}"} for each in range(n // 16)]},
    "many fields": lambda n: {f"a{each}": ["x"] for each in range(n // 12)},
    "alternatives": lambda n: {"$or": [{"a": [f"{each}"] * max(1, n // 6_400)} for each in range(800)]},
    "nested": lambda n: deep(n // 6, dict),
}
_ONE: dict[str, Any] = {
    "detail": {
        "a": {"x": ["1"], "y": [{"exists": False}], "z": [{"wildcard": "*a*b*c*d"}]},
        "b": {"x": [{"suffix": {"equals-ignore-case": "abc"}}], "y": [{"anything-but": {"wildcard": "*a*b"}}]},
    }
}
_INDEX = Index([(_ONE, 1)])
_MATCHED: dict[str, Callable[[int], Any]] = {
    "a list": lambda n: {"detail": {"a": [{"x": "1", "z": "abc"} for _ in range(n // 24)], "b": [{"x": "abc"}]}},
    "two lists": lambda n: {"detail": {name: [{"x": "1", "y": "ab"} for _ in range(n // 48)] for name in "ab"}},
    "lists in lists": lambda n: {"detail": [{"a": [{"x": str(e)}], "b": [{"y": "a"}]} for e in range(n // 48)]},
    "dotted names": lambda n: {"detail": {"a": [{"x": "1"}] * (n // 24)}, "detail.a": [{"z": "ad"}] * (n // 24)},
    "one long text": lambda n: {"detail": {"a": {"x": "1", "z": "ab" * (n // 2)}, "b": {"x": "abC", "y": "a" * n}}},
    "a name of dots": lambda n: {"detail": {"a." * (n // 2): 1, **{f"a.x.{each}": 1 for each in range(n // 16)}}},
}
_FILE: dict[str, Callable[[int], Any]] = {
    "a key twice": lambda n: b"{" + b",".join(b'"k%d":1' % e for e in range(n // 10)) + b',"z":1,"z":2}',
    "lines": lambda n: b'{"a":1}\n' * (n // 8),
    "nested": lambda n: b"[" * n,
    "quotes": lambda n: b'{"Message":"' + b'\\"' * (n // 2) + b'"}',
    "a wide list": lambda n: b"[" + b"[]," * (n // 3) + b"{}]",
    "records": lambda n: b'{"Records":[' + b'{"eventName":"x","eventSource":"y"},' * (n // 36) + b"{}]}",
}
_CLICK: dict[str, Callable[[int], Any]] = {
    "a long form": lambda n: b"payload=" + b"%7B" * (n // 3),
    "many fields": lambda n: b"a=1&" * (n // 4),
    "many keys": lambda n: b"payload={" + b",".join(b'"%d":1' % each for each in range(n // 8)) + b"}",
}


def _answerable(event: Any) -> None:
    """Read an event as the engine does until it first asks AWS."""
    for finding in parse(event):
        units(finding, catalogue().match(finding.event))
        finding_text(finding)


def _compiled(pattern: Any) -> None:
    try:
        compile_pattern(pattern).matches({"a": "ab" * 500})
    except InvalidPattern as refusal:
        str(refusal)


def _matched(event: Any) -> None:
    compile_pattern(_ONE).matches(event)
    _INDEX.match(event)


def _taken_in(raw: bytes) -> None:
    for item in intake.read("-", io.BytesIO(raw)):
        if item.event:
            try:
                parse(item.event)
            except (MalformedEvent, NotSecurityEvent) as refusal:
                str(refusal)


def _clicked(body: bytes) -> None:
    try:
        clicks.parse(body, utc_now())
    except MalformedRequest as refusal:
        json.dumps(str(refusal))
