"""Read values out of hostile JSON by their dotted path: bounded, printable, and of the type that was asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.errors import MalformedEvent
from chalicelib.findings.forms import ACCOUNT, HOME_REGIONS, REGION
from chalicelib.model import Severity

TITLE, DESCRIPTION, IDENTITY = 256, 1024, 1024
"""How long, in characters, a title, a description and a finding's id may be."""

_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)


def at(value: object, path: str) -> Any:
    """Return what stands at `a.b.0.c` (a number is a place in a list), None when the path ends early."""
    for name in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def clean(text: str, limit: int) -> str:
    """Return one printable line of at most `limit` characters; control and bidirectional characters are dropped."""
    spaced = (" " if character.isspace() else character for character in text[: limit * 4])
    line = " ".join("".join(character for character in spaced if character.isprintable()).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def text(value: object, path: str, limit: int = TITLE) -> str:
    """Return the string or number at a path as text, empty when it is absent or of another type."""
    found = at(value, path)
    if isinstance(found, str):
        return clean(found, limit)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return ""
    return str(found) if abs(found) < 10**18 else ""


def first(value: object, *paths: str, limit: int = TITLE) -> str:
    """Return the first text that is not empty among some paths."""
    return next((found for path in paths if (found := text(value, path, limit))), "")


def entries(value: object, path: str) -> list[Mapping[str, Any]]:
    """Return the JSON objects of the list at a path; nothing when it is no list."""
    found = at(value, path)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def flag(value: object, path: str) -> bool:
    """Return whether `true` stands at a path, as a boolean or as text."""
    found = at(value, path)
    return found is True or (isinstance(found, str) and found.lower() == "true")


def number(value: object, path: str) -> float | None:
    """Return the finite number at a path, also when it is written as text; None when there is none."""
    try:
        found = float(text(value, path, 40))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def count(value: object, path: str) -> int:
    """Return how often something was seen: at least 1."""
    return int(min(max(number(value, path) or 1, 1), 10**9))


def required(event: object, path: str, limit: int = IDENTITY) -> str:
    """Return the text at a path of the event. Raises MalformedEvent: it is missing, no text, or too long to keep."""
    found = at(event, path)
    if found is None or found == "":
        raise MalformedEvent(f"{path} is missing")
    if isinstance(found, str) and len(found) > limit:
        raise MalformedEvent(f"{path} is longer than {limit} characters")
    if not (line := text(event, path, limit)):
        raise MalformedEvent(f"{path} is not text")
    return line


def detail(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the event's `detail`. Raises MalformedEvent when it is no object, or an empty one."""
    found = event.get("detail")
    if not isinstance(found, Mapping) or not found:
        raise MalformedEvent("detail is missing or not a JSON object")
    return found


def one_each(event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the event once for each entry of `detail.findings`, holding only that one. Raises MalformedEvent."""
    whole = detail(event)
    found = whole.get("findings")
    if not isinstance(found, list) or not found:
        raise MalformedEvent("detail.findings is missing, empty or not a list")
    for place, one in enumerate(found):
        if not isinstance(one, Mapping):
            raise MalformedEvent(f"detail.findings.{place} is not a JSON object")
        yield {**event, "detail": {**whole, "findings": [one]}}


def account(event: object, *paths: str) -> str:
    """Return the account id at the first of some paths that is there. Raises MalformedEvent."""
    path, found = _first_there(event, paths)
    if not ACCOUNT.fullmatch(found):
        raise MalformedEvent(f"{path} is not an account id of 12 digits: {found[:40]!r}")
    return found


def region(event: object, *paths: str) -> str:
    """Return the region at the first of some paths that is there. Raises MalformedEvent."""
    path, found = _first_there(event, paths)
    if not REGION.fullmatch(found):
        raise MalformedEvent(f"{path} is not a region: {found[:40]!r}")
    return found


def _first_there(event: object, paths: tuple[str, ...]) -> tuple[str, str]:
    for path in paths:
        if at(event, path) not in (None, ""):
            return path, required(event, path)
    raise MalformedEvent(f"{' and '.join(paths)} {'are' if len(paths) > 1 else 'is'} missing")


def partition(region: str) -> str:
    """Return the partition that a region belongs to, by its prefix (boto3 `endpoints.json`, `regionRegex`)."""
    for prefix, found in _PREFIXES:
        if region.startswith(prefix):
            return found
    return "aws"


_PREFIXES = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)


def known_partition(found: str, region: str) -> str:
    """Return the partition that the event names, else that of its region."""
    return found if found in HOME_REGIONS else partition(region)


def when(event: object, *paths: str) -> str:
    """Return the first time among some paths as ISO 8601 in UTC, empty when there is none.

    Understands ISO 8601, the `Sat, 05 Jun 2016 15:10:09 GMT` of AWS Health, and seconds or milliseconds since 1970.
    """
    return next((found for path in paths if (found := _iso(at(event, path)))), "")


def _iso(found: object) -> str:
    if isinstance(found, str):
        found = found.strip()
        moment = _converted(found[:40])
        return found if moment and _UTC.fullmatch(found) else moment
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found < 10**14:
        return ""
    return _written(datetime.fromtimestamp(found / 1000 if found > 10**11 else found, UTC))


def _converted(found: str) -> str:
    for read in (datetime.fromisoformat, _of_health):
        try:
            moment = read(found)
            return _written(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            continue
    return ""


def _of_health(found: str) -> datetime:
    return datetime.strptime(found, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


_SEVERITIES = {severity.name: severity for severity in Severity} | {
    "INFO": Severity.INFORMATIONAL,
    "UNTRIAGED": Severity.INFORMATIONAL,
    "FATAL": Severity.CRITICAL,
}


def worded(word: str) -> Severity | None:
    """Return the severity that a word names (`High`, `HIGH`), None when it names none."""
    return _SEVERITIES.get(word.upper())
