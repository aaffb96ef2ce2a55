"""The ledger's lists: incidents by when they were opened, what must be looked at again, what is to be sealed or was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.ledger.keys import DUE, UNSEALED, opened_in, sealed_on
from chalicelib.table import Key, Table

_FIRST, _LAST = "0", "~"
"""What sorts before and after every ISO 8601 time."""


def opened_since(table: Table, since: datetime, now: datetime) -> list[str]:
    """Return the ids of the incidents opened since then, the latest first."""
    first = since.astimezone(UTC).isoformat(timespec="seconds")
    found = [key for month in _months(since, now) for key in table.listed(opened_in(month), first, _LAST)]
    return [pk.partition("#")[2] for pk, _ in reversed(found)]


def due(table: Table, now: datetime) -> list[str]:
    """Return the ids of the incidents of which something is due, the longest waiting first."""
    keys = table.listed(DUE, _FIRST, now.astimezone(UTC).isoformat(timespec="seconds"))
    return list(dict.fromkeys(pk.partition("#")[2] for pk, _ in keys if pk.startswith("incident#")))


def held(table: Table) -> list[Key]:
    """Return the heads that attempts hold, or held when they died; the longest first."""
    return [key for key in table.listed(DUE, _FIRST, _LAST) if not key[0].startswith("incident#")]


def unsealed(table: Table) -> list[str]:
    """Return the ids of the incidents of which something is to be sealed, the longest waiting first."""
    keys = table.listed(UNSEALED, _FIRST, _LAST)
    return list(dict.fromkeys(pk.partition("#")[2] for pk, _ in keys if pk.startswith("incident#")))


def sealed(table: Table, day: str) -> list[Key]:
    """Return the keys of the seals made on a day (UTC), `2026-11-21`, in the order in which they were made."""
    return list(table.listed(sealed_on(day), _FIRST, _LAST))


def _months(since: datetime, now: datetime) -> list[str]:
    """Return every month from one time to another, `2026-11`, the earliest first."""
    month, months = since.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0), []
    while month <= now:
        months.append(f"{month:%Y-%m}")
        month = (month + timedelta(days=32)).replace(day=1)
    return months
