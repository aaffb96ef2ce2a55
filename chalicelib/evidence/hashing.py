"""What of an incident's records is evidence, and its SHA-256: of all of it, and of what never changes in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.table import Item

KEPT: Mapping[str, tuple[str, ...]] = {
    "incident": ("opened_at", "opener", "acknowledged_by", "snoozed_until", "list"),
    "finding": ("body", "rules"),
    "change": ("body", "outcome"),
    "notice": ("body", "told_at"),
    "approval": ("body", "waiting"),
    "decision": ("body",),
}
"""The attributes of each kind of record that are evidence: not when it is due, nor how often something was tried."""

ARRIVED = ("message_id", "channel", "ts", "webhook", "fallback", "storm")
"""What a receipt says of a message that arrived: its ids, and where it is. What it shows by now is not evidence."""

PASSING = ("face", "storm")
"""Records of what is due only."""

SEAL = "seal"

_PLACE = ("type", "id", "account", "region")
_OF_CHANGE = ("id", "incident", "finding", "rule", "remediation", "at")


def sha256(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return JSON that is the same text for the same value: keys in order, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def kind(sk: str) -> str:
    """Return the kind of a record by its sort key: `change#H` is a `change`."""
    return sk.partition("#")[0]


def is_record(sk: str) -> bool:
    """Tell whether what is there is evidence, or would have to be: not a seal, and not what is due only."""
    return kind(sk) != SEAL and sk not in PASSING


def whole(sk: str, item: Item) -> str:
    """Return the hash of all that is evidence in a record."""
    return sha256(_evidence(sk, item))


def lasting(sk: str, item: Item) -> str:
    """Return the hash of what never changes in a record, however it goes on; "" where all of it may.

    A decision but for what came of it; what a change is of; a notice once it was told.
    """
    match kind(sk):
        case "decision":
            return sha256({name: value for name, value in _read(item.get("body")).items() if name != "result"})
        case "change":
            told = _read(item.get("body"))
            place = told.get("resource")
            return sha256([_some(told, _OF_CHANGE), _some(place if isinstance(place, dict) else {}, _PLACE)])
        case "notice" if item.get("told_at"):
            return whole(sk, item)
        case _:
            return ""


def _evidence(sk: str, item: Item) -> dict[str, Any]:
    found = _some(item, KEPT.get(kind(sk), tuple(item)))
    if kind(sk) == "notice" and item.get("told_at"):
        receipts = _read(item.get("receipts"))
        found["arrived"] = {to: _some(told, ARRIVED) for to, told in receipts.items() if isinstance(told, dict)}
    return found


def _some(found: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: found[name] for name in names if name in found}


def _read(text: Any) -> dict[str, Any]:
    """Return the object of a JSON text; what is none, because somebody changed it, as one that is unlike any."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {"unreadable": str(text)}
