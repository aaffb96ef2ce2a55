"""The EventBridge patterns of each function, computed from its rules: none exists that its function never hears of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias

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

Name: TypeAlias = "str | dict[str, str]"
"""A value of `eventName`: `StopLogging`, or `{"prefix": "DeleteFunction2"}`."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")
_EXACT = (str, bool, int)


def groups(rules: Iterable[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """Return the rules in groups that a pattern can say each: by services, so that no event comes by two of them.

    A rule for the calls of several services may stand in several groups, each time for some of them.
    """
    rules = list(rules)
    gathered: list[tuple[str, ...]] = []
    for source in sorted({source for rule in rules for source in rule.pattern["source"]}):
        if gathered and _narrow(_limited(rules, {*gathered[-1], source})):
            gathered[-1] = (*gathered[-1], source)
        else:
            gathered.append((source,))
    return tuple(tuple(_limited(rules, {*sources})) for sources in gathered) or ((),)


def numbered(name: str, number: int) -> str:
    """Return the name of the rule of a group: that of the first has no number."""
    return f"{name}-{number + 1}" if number else name


def merged(rules: Iterable[Rule]) -> dict[str, Any]:
    """Return the pattern that all events of a group of rules match, and as few others as LIMIT allows.

    What it lets through beyond that fires no rule and costs an invocation; what it keeps out nobody would hear of.
    Raises InvalidCatalogue when even the broadest pattern is too long.
    """
    rules = list(rules)
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


def _limited(rules: Iterable[Rule], sources: set[str]) -> list[Rule]:
    """Return the rules for the calls of some services, each for these alone."""
    asked = ((rule, [source for source in rule.pattern["source"] if source in sources]) for rule in rules)
    return [replace(rule, pattern={**rule.pattern, "source": found}) for rule, found in asked if found]


def _narrow(rules: Sequence[Rule]) -> bool:
    """Tell whether the rules fit into one pattern side by side, or by the calls that they name."""
    return any(_fits(pattern) for pattern in islice(_narrowest_first(rules), 2))


def _fits(pattern: Mapping[str, Any]) -> bool:
    return size(pattern) <= LIMIT - _BESIDE


def size(pattern: Mapping[str, Any]) -> int:
    """Return how many characters of EventBridge's limit a pattern takes."""
    return len(json.dumps(pattern, separators=(",", ":")))


def _narrowest_first(rules: Sequence[Rule]) -> Iterator[dict[str, Any]]:
    """Yield the details of all rules side by side; else the calls that they name; else what they all ask for.

    Wildcards cost EventBridge more the more of them stand in one pattern ("Rule is too complex"): those of several
    rules are not put together.
    """
    said = ("source", "detail-type")
    envelope = {key: sorted({value for rule in rules for value in rule.pattern[key]}) for key in said}
    details = [rule.pattern["detail"] for rule in rules if "detail" in rule.pattern]
    if len(details) < len(rules):
        yield envelope
        return
    if "wildcard" not in json.dumps(details):
        yield {**envelope, "detail": _either(details)}
    if any(_names(detail) for detail in details):
        yield from ({**envelope, "detail": detail} for detail in _calls(details))
        return
    shared = _shared(details)
    yield {**envelope, "detail": shared} if shared else envelope


def _calls(details: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what asks for the calls that the details name, in ever larger families, and for no other.

    A detail that names no calls (whatever root does) is asked for by the exact values in it.
    """
    named = {json.dumps(name): name for detail in details for name in _names(detail)}
    unnamed = [_exact(detail) for detail in details if not _names(detail)]
    if not all(unnamed):
        raise InvalidCatalogue("a rule that names neither calls nor any exact value would hear of every call")
    shared = _shared(details)
    for names in _families([named[key] for key in sorted(named)]):
        yield {**shared, **_either([{"eventName": names}, *unnamed])}


def _names(detail: Mapping[str, Any]) -> list[Name]:
    """Return the calls of which one must be there for the detail to match; none where it does not name them all."""
    if "eventName" in detail:
        listed: list[Name] = detail["eventName"]
        return listed if all(isinstance(name, str) or "prefix" in name for name in listed) else []
    branches = [_names(branch) for branch in detail.get("$or", [])]
    return [name for names in branches for name in names] if all(branches) else []


def _families(names: Sequence[Name]) -> Iterator[list[Name]]:
    """Yield the names, then again with one more family of them named by its common words, the most words first.

    A family shares its first or last words, at least two: `{"suffix": "NetworkAclEntry"}` is on the same kind of thing.
    """
    single = [name for name in names if isinstance(name, str)]
    families: list[Name] = [name for name in names if not isinstance(name, str)]
    yield [*single, *families]
    for how, words in sorted(_common(single), key=lambda common: (-len(common[1]), common)):
        members = [name for name in single if _belongs(name, how, words)]
        if len(members) > 1 and sum(len(name) + len('"",') for name in members) > len(f'{{"{how}":"{words}"}},'):
            single = [name for name in single if name not in members]
            families.append({how: words})
            yield [*single, *families]


def _common(names: Iterable[str]) -> set[tuple[str, str]]:
    """Return the beginnings and endings of names, of two words or more."""
    found = set()
    for name in names:
        words = _WORD.findall(name)
        for count in range(2, len(words)):
            found |= {("prefix", "".join(words[:count])), ("suffix", "".join(words[-count:]))}
    return found


def _belongs(name: str, how: str, words: str) -> bool:
    return name.startswith(words) if how == "prefix" else name.endswith(words)


def _exact(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a detail that asks for exact values."""
    kept = {}
    for key, value in detail.items():
        part = _exact(value) if isinstance(value, Mapping) else value
        if key != "$or" and part and all(isinstance(each, _EXACT) for each in part):
            kept[key] = part
    return kept


def _shared(details: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what every detail asks for in the same way."""
    first, *others = details
    return {
        key: value for key, value in first.items() if key != "$or" and all(other.get(key) == value for other in others)
    }


def _either(details: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what matches where one of the details does: a list of one is no `$or` for EventBridge."""
    return dict(details[0]) if len(details) == 1 else {"$or": [dict(detail) for detail in details]}
