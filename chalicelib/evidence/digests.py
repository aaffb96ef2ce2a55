"""The digest of a day: one hash over every seal made that day, and over the digest of the day before.

An incident's chain proves its own records. A digest proves the chains: that none of them lost its end, was made anew,
or is gone whole. It is kept beside them, and, where organization.toml names a place, where nobody of the hub can
change it. Digests are made once a day from what is there, so that no seal waits for another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.errors import Busy
from chalicelib.evidence.copies import Place, put
from chalicelib.evidence.hashing import canonical, sha256
from chalicelib.ledger.lists import sealed
from chalicelib.table import Item, Key, Table, Write

DIGESTS = "digests"
"""The `pk` of all digests; their `sk` is the day, `2026-11-21`. The seals that one is of are beside it, in parts."""

GRACE = timedelta(minutes=15)
"""How long after midnight (UTC) a day's digest is made at the earliest: by then its last seal is on the list."""

BACK = 31
"""Days that the first digest looks back for the first seal."""

PART = 2000
"""Seals of one item: DynamoDB takes items of 400 KB."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Digest:
    """All seals made on a day (UTC): incident, number and hash of each. `previous` is the hash of the day before's."""

    date: str
    previous: str  # "" for the first
    seals: tuple[tuple[str, int, str], ...]
    hash: str = ""  # as it is kept

    @property
    def text(self) -> str:
        """The canonical JSON that the hash is of, and that the copy is."""
        return canonical(self._told())

    def right(self) -> str:
        """Return the hash that the digest must have."""
        return sha256(self._told())

    def _told(self) -> dict[str, Any]:
        return {"date": self.date, "previous": self.previous, "seals": [list(each) for each in self.seals]}


def write_up(table: Table, now: datetime, to: Place | None = None, s3: Callable[[], Any] | None = None) -> list[str]:
    """Digest each finished day that has none, put the copies that are missing, and return the days digested.

    Raises CountermeasureError where a copy cannot be put: the digests are in the table all the same.
    """
    heads = dict(sorted(table.query(DIGESTS).items()))
    made = []
    for day in _missing(table, list(heads), now):
        before = heads[max(heads)]["hash"] if heads else ""
        heads[day] = _keep(table, _made(table, day, before))
        made.append(day)
    if to and s3:
        for day, item in heads.items():
            if "copied" not in item:
                put(s3(), to, day, read(table, day, item).text)
                table.write([Write((DIGESTS, day), {"copied": f"s3://{to.bucket}/{to.key(day)}"})])
    return made


def read_all(table: Table, since: str = "") -> list[Digest]:
    """Return the digests from a day on as they are kept, the first one first: nothing is proven."""
    return [read(table, day, item) for day, item in sorted(table.query(DIGESTS).items()) if day >= since]


def read(table: Table, day: str, head: Item) -> Digest:
    """Return one digest as it is kept; what cannot be read of it is left out, so that its hash is wrong."""
    parts = sorted(table.query(f"digest#{day}").items())
    seals = tuple(each for _, item in parts for each in _seals(item.get("seals")))
    return Digest(day, str(head.get("previous", "")), seals, str(head.get("hash", "")))


def _missing(table: Table, there: Sequence[str], now: datetime) -> Iterator[str]:
    """Yield the finished days that have no digest, from the last that has one; at first, from the first seal on."""
    end = (now - GRACE).date()
    day = date.fromisoformat(max(there)) + _DAY if there else _first(table, end)
    while day < end:
        yield day.isoformat()
        day += _DAY


def _first(table: Table, end: date) -> date:
    days = [end - number * _DAY for number in range(BACK, 0, -1)]
    return next((day for day in days if sealed(table, day.isoformat())), end - _DAY)


def _made(table: Table, day: str, previous: str) -> Digest:
    found: Mapping[Key, Item] = table.get(sealed(table, day))
    seals = sorted((pk.partition("#")[2], int(sk.partition("#")[2]), item["hash"]) for (pk, sk), item in found.items())
    made = Digest(day, previous, tuple(seals))
    return Digest(day, previous, made.seals, made.right())


def _keep(table: Table, digest: Digest) -> Item:
    """Keep a digest: its seals first, so that a head that is there is whole; return the head."""
    parts = [digest.seals[start : start + PART] for start in range(0, len(digest.seals), PART)]
    table.put(
        Write((f"digest#{digest.date}", f"{number:04d}"), {"seals": [list(each) for each in part]}, whole=True)
        for number, part in enumerate(parts, 1)
    )
    head: Item = {"hash": digest.hash, "previous": digest.previous, "seals": len(digest.seals)}
    with suppress(Busy):  # another run was faster, with the same
        table.write([Write((DIGESTS, digest.date), head, when="attribute_not_exists(pk)", whole=True)])
    return head


def _seals(text: Any) -> Iterator[tuple[str, int, str]]:
    try:
        found = json.loads(text)
        yield from [(str(incident), int(number), str(hash_)) for incident, number, hash_ in found]
    except (TypeError, ValueError, RecursionError):
        return
