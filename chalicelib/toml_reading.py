"""Read tables of TOML strictly: what is unknown, missing or not allowed is refused by its key, with what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.errors import InvalidOrganization
from chalicelib.quoting import quoted

WITHHELD = {"external_id", "slack_secret"}
"""Keys whose value is never quoted: it may be the secret itself, in the place of where it is kept."""


def table(within: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a table that must be there."""
    if key not in within:
        raise InvalidOrganization(f"[{key}] is missing")
    return is_table(within[key], key)


def is_table(value: Any, key: str) -> Mapping[str, Any]:
    """Return the value, which must be a table."""
    if not isinstance(value, dict):
        raise InvalidOrganization(f"{key}: must be a table")
    return value


def only(found: Iterable[str], prefix: str, allowed: tuple[str, ...]) -> None:
    """Refuse keys that are not allowed; `prefix` is the table's own key with a dot, or empty."""
    for key in found:
        if key not in allowed:
            raise InvalidOrganization(f"{prefix}{key}: unknown key; allowed are {', '.join(allowed)}")


def text(within: Mapping[str, Any], key: str, allowed: str, *, optional: bool = False) -> str:
    """Return the text of a key, the last part of which is its name in the table; "" where it may be left out."""
    name = key.rsplit(".", 1)[-1]
    value = within.get(name, "" if optional else None)
    if value is None:
        raise InvalidOrganization(f"{key} is missing")
    if not isinstance(value, str) or (value and not re.fullmatch(allowed, value)) or (not value and not optional):
        shown = "this value" if name in WITHHELD else quoted(value)
        raise InvalidOrganization(f"{key}: {shown} is not allowed; it must match {allowed}")
    return value


def texts(within: Mapping[str, Any], key: str, allowed: str) -> tuple[str, ...]:
    """Return the texts of a list, none of them twice; () where the key is left out."""
    values = within.get(key.rsplit(".", 1)[-1], [])
    if not isinstance(values, list):
        raise InvalidOrganization(f"{key}: {quoted(values)} is not allowed; it must be a list")
    for number, value in enumerate(values):
        if not isinstance(value, str) or not re.fullmatch(allowed, value):
            raise InvalidOrganization(f"{key}: {quoted(value)} is not allowed; each must match {allowed}")
        if value in values[:number]:
            raise InvalidOrganization(f"{key}: {quoted(value)} comes twice")
    return tuple(values)


def number(within: Mapping[str, Any], key: str, least: int, most: int, usual: int) -> int:
    """Return the whole number of a key, which may be left out."""
    value = within.get(key.rsplit(".", 1)[-1], usual)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidOrganization(
            f"{key}: {quoted(value)} is not allowed; it must be a whole number from {least} to {most}"
        )
    return value


def flag(within: Mapping[str, Any], key: str) -> bool:
    """Return the boolean of a key; false where it is left out."""
    value = within.get(key.rsplit(".", 1)[-1], False)
    if not isinstance(value, bool):
        raise InvalidOrganization(f"{key}: {quoted(value)} is not allowed; it must be true or false")
    return value


def moment(within: Mapping[str, Any], key: str) -> datetime:
    """Return the date and time of a key, with its offset from UTC."""
    value = _there(within, key)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidOrganization(f"{key}: must be a date and time with its offset, as 2026-08-01T12:00:00+02:00")
    return value


def day(within: Mapping[str, Any], key: str) -> date:
    """Return the date of a key."""
    value = _there(within, key)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidOrganization(f"{key}: must be a date without quotes, as 2026-08-01")
    return value


def entries(within: Mapping[str, Any], key: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield each table of a list of tables with its own key, numbered from 1; none where the list is left out."""
    found = within.get(key.rsplit(".", 1)[-1], [])
    if not isinstance(found, list):
        raise InvalidOrganization(f"{key}: must be a list of tables: [[{key}]]")
    for place, entry in enumerate(found, 1):
        yield is_table(entry, f"{key}[{place}]"), f"{key}[{place}]"


def _there(within: Mapping[str, Any], key: str) -> Any:
    name = key.rsplit(".", 1)[-1]
    if name not in within:
        raise InvalidOrganization(f"{key} is missing")
    return within[name]
