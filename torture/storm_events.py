"""A storm: the tests' own events, near misses and changed ones, and among a hundred of them one that is to be answered.

Every event is told as its text, as Lambda is given it, with the source whose function hears it.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from chalicelib.catalogue import Catalogue
from chalicelib.errors import CountermeasureError
from chalicelib.findings import parse
from torture.race_stories import BUCKET, EVENTS, GROUP, KEY, read

ACCOUNTS = ("111122223333", "444455556666", "555566667777", "777788889999")

_OF = {
    "group": (GROUP, "sg-0abcd1234ef567890"),
    "bucket": (BUCKET, "quarterly-reports-example"),
    "key": (KEY, "AKIAIOSFODNN7EXAMPLE"),
}
KINDS = tuple(_OF)
"""What there is to be answered: groups and keys are enforced, a bucket waits for approval."""


@dataclass(frozen=True, slots=True)
class Target:
    """One vulnerable resource: what it is, where, and its id (of a key: with its user)."""

    kind: str
    account: str
    id: str

    @property
    def source(self) -> str:
        return _OF[self.kind][0].partition(".")[0]

    def event(self, number: int) -> str:
        """Return the event that tells of it; the same number is the same event."""
        text, named = _text(self.kind)
        id_, _, user = self.id.partition(" ")
        event = json.loads(text.replace(named, id_).replace('"alice"', json.dumps(user or "alice")))
        for name in ("accountId", "recipientAccountId"):
            if name in event["detail"]:
                event["detail"][name] = self.account
        event |= {"account": self.account, "id": _uuid(number)}
        event["detail"]["id" if self.kind == "key" else "eventID"] = f"storm-{number:012}"
        return json.dumps(event)


@functools.cache
def _text(kind: str) -> tuple[str, str]:
    name, named = _OF[kind]
    return json.dumps(read(name)), named


def noise(catalogue: Catalogue, random: Random, number: int) -> list[tuple[str, str]]:
    """Return so many different events that fire no rule, by the source that hears them: most of them nearly do."""
    files = sorted(EVENTS.glob("*/*.json"))
    found: list[tuple[str, str]] = []
    while len(found) < number:
        path = random.choice(files)
        event = _changed(json.loads(path.read_text(encoding="utf-8")), random, near=path.name.startswith("ignores"))
        if _silent(catalogue, event):
            found.append((path.parent.name.partition(".")[0], json.dumps(event)))
    return found


def varied(events: Sequence[tuple[str, str]], random: Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield events without end, each as a new one, parsed: `(source, event)`."""
    while True:
        source, text = random.choice(events)
        event: dict[str, Any] = json.loads(text)
        event["id"] = _uuid(random.getrandbits(40))
        yield source, event


def _changed(event: dict[str, Any], random: Random, *, near: bool) -> dict[str, Any]:
    """Return an event of another account and time; one that fires a rule loses what makes it fire."""
    changed = copy.deepcopy(event)
    changed["account"] = random.choice(ACCOUNTS)
    changed["time"] = f"2026-08-01T{random.randrange(24):02}:{random.randrange(60):02}:00Z"
    if near:
        return changed
    detail = changed["detail"]
    names = [name for name in ("eventName", "type", "configRuleName", "eventTypeCode", "findings") if name in detail]
    for name in names:
        if name == "findings":
            detail[name] = [{**each, "RecordState": "ARCHIVED", "status_id": 5} for each in detail[name]]
        else:
            detail[name] = f"{random.choice(('Describe', 'List', 'x'))}{random.getrandbits(16):x}{detail[name]}"
    return changed


def _silent(catalogue: Catalogue, event: dict[str, Any]) -> bool:
    """Tell whether it is read, and fires no rule."""
    try:
        return not any(catalogue.match(finding.event) for finding in parse(event))
    except CountermeasureError:
        return False


def _uuid(number: int) -> str:
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
