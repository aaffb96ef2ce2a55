"""What the details of rules ask for together: the calls that they name, in as few words as a pattern has room for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from chalicelib.errors import InvalidCatalogue

Name: TypeAlias = "str | dict[str, str]"
"""A value of `eventName`: `StopLogging`, or `{"prefix": "DeleteFunction2"}`."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")
_EXACT = (str, bool, int)


def calls(details: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what asks for the calls that the details name, in ever larger families, and for no other.

    A detail that names no calls (whatever root does) is asked for by the exact values in it.
    """
    named = {json.dumps(name): name for detail in details for name in names(detail)}
    unnamed = [_exact(detail) for detail in details if not names(detail)]
    if not all(unnamed):
        raise InvalidCatalogue("a rule that names neither calls nor any exact value would hear of every call")
    alike = shared(details)
    for each in _families([named[key] for key in sorted(named)]):
        yield {**alike, **either([{"eventName": each}, *unnamed])}


def names(detail: Mapping[str, Any]) -> list[Name]:
    """Return the calls of which one must be there for the detail to match; none where it does not name them all."""
    if "eventName" in detail:
        listed: list[Name] = detail["eventName"]
        return listed if all(isinstance(name, str) or "prefix" in name for name in listed) else []
    branches = [names(branch) for branch in detail.get("$or", [])]
    return [name for branch in branches for name in branch] if all(branches) else []


def _families(named: Sequence[Name]) -> Iterator[list[Name]]:
    """Yield the names, then again with one more family of them named by its common words, the most words first.

    A family shares its first or last words, at least two: `{"suffix": "NetworkAclEntry"}` is on the same kind of thing.
    """
    single = [name for name in named if isinstance(name, str)]
    families: list[Name] = [name for name in named if not isinstance(name, str)]
    yield [*single, *families]
    for how, words in sorted(_common(single), key=lambda common: (-len(common[1]), common)):
        members = [name for name in single if _belongs(name, how, words)]
        if len(members) > 1 and sum(len(name) + len('"",') for name in members) > len(f'{{"{how}":"{words}"}},'):
            single = [name for name in single if name not in members]
            families.append({how: words})
            yield [*single, *families]


def _common(single: Iterable[str]) -> set[tuple[str, str]]:
    """Return the beginnings and endings of names, of two words or more."""
    found = set()
    for name in single:
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


def shared(details: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what every detail asks for in the same way."""
    first, *others = details
    return {
        key: value for key, value in first.items() if key != "$or" and all(other.get(key) == value for other in others)
    }


def either(details: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what matches where one of the details does: a list of one is no `$or` for EventBridge."""
    return dict(details[0]) if len(details) == 1 else {"$or": [dict(detail) for detail in details]}
