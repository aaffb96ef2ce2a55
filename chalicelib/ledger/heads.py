"""Heads as they are put, whole: held, let go, or back as they were. Each moves the version on. Pure."""

from __future__ import annotations

from datetime import datetime

from chalicelib.ledger.items import later, listed
from chalicelib.ledger.keys import BEGUN, HOLD_SECONDS, KEEP_SECONDS
from chalicelib.table import Item


def held(seen: Item | None, holder: str, begun: str, now: datetime) -> Item:
    """Return a head, `seen` or new, held with what is about to be done; it is due when its time is over."""
    until = int(now.timestamp()) + HOLD_SECONDS
    return {**_moved(seen, 1), "holder": holder, "held_until": until, BEGUN: begun, **listed(later(now))}


def let_go(seen: Item | None, answer: Item, now: datetime, *, kept: bool) -> Item:
    """Return a head that was held, with what the answer says of it; it expires if it need not be `kept`."""
    at = int(now.timestamp())
    expires = {} if kept else {"expires_at": at + KEEP_SECONDS}
    return {**_moved(seen, 2), "let_go": at, **expires, **answer}


def as_it_was(seen: Item | None, now: datetime) -> Item:
    """Return a head that was held for nothing as it was before, but for its version."""
    fresh = {"incident": "", "open_until": 0, "answered": False, "expires_at": int(now.timestamp()) + KEEP_SECONDS}
    return {**({} if seen else fresh), **_moved(seen, 2)}


def _moved(seen: Item | None, steps: int) -> Item:
    """Return what a head holds beside its key, its version so many steps further."""
    attributes = {name: value for name, value in (seen or {}).items() if name not in {"pk", "sk"}}
    return {**attributes, "version": attributes.get("version", 0) + steps}
