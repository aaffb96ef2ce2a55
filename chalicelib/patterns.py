"""The EventBridge patterns of each function, computed from its rules: none exists that its function never hears of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from chalicelib.calls_named import calls, either, names, shared
from chalicelib.errors import InvalidCatalogue
from chalicelib.model import Rule

SOURCES = ("guardduty", "securityhub", "config", "cloudtrail", "signin", "health", "accessanalyzer")
"""The functions, by the package of rules that each answers."""

GATHERED = ("guardduty", "securityhub")
"""Sources whose findings reach the hub's account by themselves, as the delegated administrator, in each region."""

HEARTBEAT = "countermeasure.heartbeat"
"""The source of the one event that is ours: it says that the way to a function is open."""

LIMIT = 2048
"""Characters of an event pattern (EventBridge quotas: "Event pattern size")."""

_BESIDE = 90
"""Characters of it that the heartbeat takes in the pattern of a function."""


def groups(rules: Iterable[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """Return the rules in groups that a pattern can say each: by services, so that no event comes by two of them.

    A rule for the calls of several services may stand in several groups, each time for some of them.
    """
    return _grouped(tuple(rules))


@lru_cache(maxsize=16)
def _grouped(rules: tuple[Rule, ...]) -> tuple[tuple[Rule, ...], ...]:
    asked: dict[str, list[Rule]] = {}
    for rule in rules:
        for source in rule.pattern["source"]:
            asked.setdefault(source, []).append(replace(rule, pattern={**rule.pattern, "source": [source]}))
    largest = sorted(asked, key=lambda source: (-len(json.dumps([rule.pattern for rule in asked[source]])), source))
    gathered: list[list[Rule]] = []
    for source in largest:  # each into the first group that has room: "first fit decreasing"
        for group in gathered:
            if _narrow(_joined([*group, *asked[source]])):
                group.extend(asked[source])
                break
        else:
            gathered.append([*asked[source]])
    return tuple(map(_joined, gathered)) or ((),)


def numbered(name: str, number: int) -> str:
    """Return the name of the rule of a group: that of the first has no number."""
    return f"{name}-{number + 1}" if number else name


def merged(rules: Iterable[Rule]) -> dict[str, Any]:
    """Return the pattern that all events of a group of rules match, and as few others as LIMIT allows.

    What it lets through beyond that fires no rule and costs an invocation; what it keeps out nobody would hear of.
    Raises InvalidCatalogue when even the broadest pattern is too long.
    """
    return _merged(tuple(rules))


@lru_cache(maxsize=64)
def _merged(rules: tuple[Rule, ...]) -> dict[str, Any]:
    for pattern in _narrowest_first(rules):
        if _fits(pattern):
            return pattern
    raise InvalidCatalogue(
        f"the rules of {rules[0].id.split('.')[0]} ask for more than a pattern of {LIMIT} characters can say: "
        "give their events names that begin or end alike, or ask for fewer"
    )


def heard(rules: Iterable[Rule], account: Any = "") -> tuple[dict[str, Any], ...]:
    """Return what a function hears: the events of its rules, and the heartbeat, if it was sent in `account` ("": any).

    EventBridge writes the sender's account into an event. Whoever may send events to the hub's bus from elsewhere can
    neither wake the functions with heartbeats of their own nor have them believed.
    """
    sent = {"account": [account]} if account else {}
    first, *others = (merged(group) for group in groups(rules))
    return {"$or": [first, {"source": [HEARTBEAT], **sent}]}, *others


def _joined(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return each rule once, for all the services for which it stands among these."""
    sources: dict[str, list[str]] = {}
    known: dict[str, Rule] = {}
    for rule in rules:
        sources.setdefault(rule.id, []).extend(rule.pattern["source"])
        known[rule.id] = rule
    return tuple(replace(known[id_], pattern={**known[id_].pattern, "source": found}) for id_, found in sources.items())


def _narrow(rules: Sequence[Rule]) -> bool:
    """Tell whether the rules fit into one pattern by the calls that they name, each by its own name."""
    details = [rule.pattern.get("detail", {}) for rule in rules]
    asked = next(calls(details)) if any(names(detail) for detail in details) else either(details)
    return _fits({**_envelope(rules), "detail": asked})


def _fits(pattern: Mapping[str, Any]) -> bool:
    return size(pattern) <= LIMIT - _BESIDE


def _envelope(rules: Sequence[Rule]) -> dict[str, Any]:
    return {key: sorted({value for rule in rules for value in rule.pattern[key]}) for key in ("source", "detail-type")}


def size(pattern: Mapping[str, Any]) -> int:
    """Return how many characters of EventBridge's limit a pattern takes."""
    return len(json.dumps(pattern, separators=(",", ":")))


def _narrowest_first(rules: Sequence[Rule]) -> Iterator[dict[str, Any]]:
    """Yield the details of all rules side by side; else the calls that they name; else what they all ask for.

    Wildcards cost EventBridge more the more of them stand in one pattern ("Rule is too complex"): those of several
    rules are not put together.
    """
    envelope = _envelope(rules)
    details = [rule.pattern["detail"] for rule in rules if "detail" in rule.pattern]
    if len(details) < len(rules):
        yield envelope
        return
    if "wildcard" not in json.dumps(details):
        yield {**envelope, "detail": either(details)}
    if any(names(detail) for detail in details):
        yield from ({**envelope, "detail": detail} for detail in calls(details))
        return
    alike = shared(details)
    yield {**envelope, "detail": alike} if alike else envelope
