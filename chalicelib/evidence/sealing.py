"""Seal what was written: the schedule does it, so that nothing that contains waits for a hash.

Whoever writes a record puts it on a list in the same write. A seal is one more item that nobody writes again, put only
where it is not there; then what it is of is taken off the list, once it is so old that its writer must have finished.
So an attempt that dies between any two of these writes leaves what the next one completes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.announcing import announce
from chalicelib.errors import Busy
from chalicelib.evidence.chains import Fault, broken, never_sealed, unlike
from chalicelib.evidence.hashing import lasting, whole
from chalicelib.evidence.seals import Seal, hash_of, seals_of, write_of
from chalicelib.ledger import HOLD_SECONDS, Ledger
from chalicelib.ledger.items import UNLISTED
from chalicelib.ledger.keys import UNSEALED, incident_pk
from chalicelib.ledger.lists import unsealed
from chalicelib.table import Item, Write

if TYPE_CHECKING:
    from chalicelib.engine import Engine

AT_ONCE = 200
"""Incidents sealed in one run: the rest is sealed a minute later."""

MOST = 1000
"""Records that one seal names: DynamoDB takes items of 400 KB."""

SHOWN = 5
"""Faults that a notice names; `countermeasure verify-ledger` names all."""


def seal_listed(engine: Engine, left: Callable[[], bool], kept: Collection[str] = ()) -> list[Exception]:
    """Seal the incidents of which something waits for it, while time is `left`; return what failed.

    One that fails does not hold back the others. Those that were `kept` a moment ago are as they should be.
    """
    failed: list[Exception] = []
    for incident in [each for each in unsealed(engine.ledger.table) if each not in kept][:AT_ONCE]:
        if not left():
            break
        try:
            keep(engine, incident)
        except Busy:
            continue  # somebody seals it at this moment: it stays listed
        except Exception as error:  # noqa: BLE001 - it stays listed; the others are sealed
            failed.append(error)
    return failed


def keep(engine: Engine, incident: str) -> None:
    """Seal an incident; where its evidence is broken already, tell on-call once instead. Raises Busy."""
    faults = seal(engine.ledger, incident)
    if faults:
        said = "; ".join(f"{fault.record} {fault.what}" for fault in faults[:SHOWN])
        more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        told = f"{said}{more}. To do: run `countermeasure verify-ledger {incident}`, and see who wrote to the ledger."
        announce(engine, f"evidence {incident}", f"The evidence of {incident} was changed", told)


def seal(ledger: Ledger, incident: str) -> Sequence[Fault]:
    """Seal what is new or has changed of an incident; return what is broken, where nothing is sealed. Raises Busy."""
    items, now = ledger.table.query(incident_pk(incident)), ledger.clock()
    seals = seals_of(incident, items)
    faults = tuple(broken(incident, items))
    if not faults and (seals or not never_sealed(items)):
        for made in _made(incident, seals, items, now):
            ledger.table.write([write_of(made)])
    for write in _unlisting(incident, items, now):
        with suppress(Busy):  # it was written again, and is to be sealed again
            ledger.table.write([write])
    return faults


def _made(incident: str, seals: tuple[Seal, ...], items: Mapping[str, Item], now: datetime) -> Iterator[Seal]:
    """Yield the seals that are missing: mostly one, more where there is too much for one, none where nothing is new."""
    number, before = len(seals), seals[-1].hash if seals else ""
    named = {sk for each in seals for sk in each.records}
    known = {sk for each in seals for sk in each.lasting}
    missing = unlike(seals, items)
    for start in range(0, len(missing), MOST):
        part, number = missing[start : start + MOST], number + 1
        named |= set(part)
        firm = {sk: value for sk in part if sk not in known and (value := lasting(sk, items[sk]))}
        hashes = {sk: whole(sk, items[sk]) for sk in part}
        at = now.isoformat(timespec="seconds")
        made = Seal(incident, number, at, before, hashes, firm, len(named))
        made = replace(made, hash=hash_of(made))
        before = made.hash
        yield made


def _unlisting(incident: str, items: Mapping[str, Item], now: datetime) -> Iterator[Write]:
    """Yield the writes that take off the list what was written so long ago that its writer has finished."""
    old = (now - timedelta(seconds=HOLD_SECONDS)).isoformat(timespec="seconds")
    for sk, item in sorted(items.items()):
        if item.get("list") == UNSEALED and str(item.get("at", "")) <= old:
            seen = {"seen": item["at"], "list_was": UNSEALED}
            when = "#list = :list_was AND #at = :seen"
            yield Write((incident_pk(incident), sk), {}, UNLISTED, when=when, values=seen)
