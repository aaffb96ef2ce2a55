"""A seal: what the records of an incident were at one moment, and the hash of the seal before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.evidence.hashing import SEAL, sha256
from chalicelib.ledger.keys import incident_pk, sealed_on
from chalicelib.table import Item, Key, Write


@dataclass(frozen=True, slots=True)
class Seal:
    """One link of an incident's chain, the first being number 1. `hash` is of all the rest; `at` is ISO 8601, UTC.

    `records` are those that were new or had changed (sort key -> hash of all that is evidence in it), `lasting` the
    hashes of what never changes in them, from then on; `count` is how many records there were.
    """

    incident: str
    number: int
    at: str
    previous: str  # the hash of the seal before; "" for the first
    records: Mapping[str, str]
    lasting: Mapping[str, str]
    count: int
    hash: str = ""


def hash_of(seal: Seal) -> str:
    """Return the hash that a seal must have."""
    return sha256({name: getattr(seal, name) for name in Seal.__slots__ if name != "hash"})


def key_of(incident: str, number: int) -> Key:
    """Return the place of a seal."""
    return incident_pk(incident), f"{SEAL}#{number:06d}"


def write_of(seal: Seal) -> Write:
    """Return the write of a seal that is not there yet. Raises Busy where somebody was faster."""
    values = {
        "at": seal.at,
        "list": sealed_on(seal.at[:10]),
        "previous": seal.previous,
        "records": dict(seal.records),
        "lasting": dict(seal.lasting),
        "count": seal.count,
        "hash": seal.hash,
    }
    return Write(key_of(seal.incident, seal.number), values, when="attribute_not_exists(pk)", whole=True)


def seals_of(incident: str, items: Mapping[str, Item]) -> tuple[Seal, ...]:
    """Return the seals among the items of an incident, the first one first, as they are there: nothing is proven.

    One that cannot be read has no records, and no hash that could be right.
    """
    return tuple(_seal(incident, sk, item) for sk, item in sorted(items.items()) if sk.startswith(f"{SEAL}#"))


def _seal(incident: str, sk: str, item: Item) -> Seal:
    number = sk.partition("#")[2]
    return Seal(
        incident=incident,
        number=int(number) if number.isdecimal() and number.isascii() else 0,
        at=str(item.get("at", "")),
        previous=str(item.get("previous", "")),
        records=_hashes(item.get("records")),
        lasting=_hashes(item.get("lasting")),
        count=item["count"] if isinstance(item.get("count"), int) else -1,
        hash=str(item.get("hash", "")),
    )


def _hashes(text: Any) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return {}
    return {str(sk): str(value) for sk, value in found.items()} if isinstance(found, dict) else {}
