"""Read the incidents of a period from the ledger: page by page, some at once, and of each only what an audit keeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice

from chalicelib.catalogue import Catalogue
from chalicelib.errors import CountermeasureError
from chalicelib.evidence.digests import read_all
from chalicelib.ledger import Ledger
from chalicelib.ledger.keys import incident_pk, opened_in
from chalicelib.notify.escape import line
from cli.reports.audit_seen import Seen, seen

AT_ONCE = 16
"""How many incidents are read at once: each is one query of the ledger."""

QUIET, EVERY = 3.0, 5.0
"""Seconds after which it is said how far the reading has come, and again and again."""


@dataclass(frozen=True, slots=True)
class Unread:
    """An incident whose records cannot be read, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day that has a digest, and whether that is as it was made and names the one before."""

    date: date
    right: bool


def incidents(
    ledger: Ledger, catalogue: Catalogue, since: datetime, until: datetime, now: datetime, say: Callable[[str], None]
) -> tuple[list[Seen], list[Unread]]:
    """Return what was opened from `since` to just before `until`, the earliest first, and what cannot be read."""
    ids = list(_ids(ledger, since, until))
    found: list[Seen] = []
    unread: list[Unread] = []
    said = time.monotonic() + QUIET
    for each in _read(ids, partial(_one, ledger, catalogue, now)):
        if isinstance(each, Unread):
            unread.append(each)
        elif since <= datetime.fromisoformat(each.opened_at) < until:
            found.append(each)
        if time.monotonic() >= said:
            say(f"{len(found) + len(unread)} of {len(ids)} incidents read")
            said = time.monotonic() + EVERY
    return sorted(found, key=lambda each: (each.opened_at, each.id)), unread


def digests(ledger: Ledger, since: datetime) -> list[Day]:
    """Return the days (UTC) from `since` on of which the ledger has a digest, the earliest first."""
    before = ""
    found = []
    for each in read_all(ledger.table, f"{since.astimezone(UTC):%Y-%m-%d}"):
        right = each.hash == each.right() and before in {"", each.previous}
        found.append(Day(date.fromisoformat(each.date), right))
        before = each.hash
    return found


def _ids(ledger: Ledger, since: datetime, until: datetime) -> Iterator[str]:
    first, last = (each.astimezone(UTC).isoformat(timespec="seconds") for each in (since, until))
    month = since.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month < until:
        for pk, _ in ledger.table.listed(opened_in(f"{month:%Y-%m}"), first, last):
            yield pk.partition("#")[2]
        month = (month + timedelta(days=32)).replace(day=1)


def _read(ids: list[str], one: Callable[[str], Seen | Unread]) -> Iterator[Seen | Unread]:
    """Yield them in order; few more are in memory than are read at once."""
    left = iter(ids)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while part := list(islice(left, 8 * AT_ONCE)):
            yield from pool.map(one, part)


def _one(ledger: Ledger, catalogue: Catalogue, now: datetime, id_: str) -> Seen | Unread:
    items = ledger.table.query(incident_pk(id_))
    try:
        return seen(id_, items, catalogue, now)
    except (CountermeasureError, LookupError, TypeError, ValueError) as error:
        return Unread(line(id_, 200), line(f"{type(error).__name__}: {error}", 500))
