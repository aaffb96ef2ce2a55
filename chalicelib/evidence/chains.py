"""The chain of an incident's seals, and what it proves: that no record was changed, removed, added or reordered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from chalicelib.dataclass import dataclass
from chalicelib.errors import UnknownIncident
from chalicelib.evidence.hashing import KEPT, is_record, kind, lasting, whole
from chalicelib.evidence.seals import Seal, hash_of, key_of, seals_of
from chalicelib.ledger import HOLD_SECONDS, Ledger
from chalicelib.ledger.keys import DUE, UNSEALED, incident_pk
from chalicelib.table import Item

YOUNG = timedelta(minutes=15)
"""What was written so lately may wait for its seal: the schedule makes one within a minute or two."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one record of the evidence: of an incident, or of a day's digest (`where`)."""

    where: str
    record: str
    what: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The seals of an incident, the first one first, and what they prove of its records.

    `waiting` are records that were written so lately that no seal says how they are; that is no fault.
    """

    incident: str
    seals: tuple[Seal, ...]
    faults: tuple[Fault, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def verifies(self) -> bool:
        """Whether every record is as its last seal says, and every seal follows the one before."""
        return not self.faults


def chain(ledger: Ledger, incident: str) -> Chain:
    """Return the chain of an incident as it is in the ledger. Raises UnknownIncident."""
    items = ledger.table.query(incident_pk(incident))
    if not items:
        raise UnknownIncident(f"no incident {incident!r} is in the ledger")
    return chain_of(incident, items, ledger.clock())


def chain_of(incident: str, items: Mapping[str, Item], now: datetime) -> Chain:
    """Return the chain among all items of an incident (sort key -> item)."""
    seals = seals_of(incident, items)
    if not seals and never_sealed(items):
        return Chain(incident, ())
    faults = list(broken(incident, items))
    known = {fault.record for fault in faults}
    unsealed = [sk for sk in unlike(seals, items) if sk not in known]
    marks = sorted(_marks(items, now))
    if any(at > now - YOUNG for at in marks):
        return Chain(incident, seals, tuple(faults), tuple(unsealed))
    late = f": it waits since {marks[0]:%Y-%m-%dT%H:%M} UTC, see whether the upkeep runs" if marks else ""
    named = {sk for seal in seals for sk in seal.records}
    for sk in unsealed:
        what = "is not as it was sealed" if sk in named else "is there, and no seal names it"
        faults.append(Fault(incident, sk, what + late))
    return Chain(incident, seals, tuple(faults))


def broken(incident: str, items: Mapping[str, Item]) -> Iterator[Fault]:
    """Yield what is wrong however lately something was written: no later seal may make good for it."""
    seals = seals_of(incident, items)
    yield from _of_seals(incident, seals)
    records = {sk: item for sk, item in items.items() if is_record(sk)}
    last = {sk: value for seal in seals for sk, value in seal.records.items()}
    firsts: dict[str, str] = {}
    for seal in seals:
        for sk, value in seal.lasting.items():
            firsts.setdefault(sk, value)
    for sk in sorted(last):
        if sk not in records:
            yield Fault(incident, sk, "is gone")
    for sk, item in sorted(records.items()):
        if kind(sk) not in KEPT:
            yield Fault(incident, sk, "is no record of an incident: it was added beside")
        elif sk in firsts and lasting(sk, item) != firsts[sk]:
            yield Fault(incident, sk, "is another one than was sealed")


def unlike(seals: tuple[Seal, ...], items: Mapping[str, Item]) -> list[str]:
    """Return the sort keys of the records that are not as the last seal that names them says, or that none names."""
    last = {sk: value for seal in seals for sk, value in seal.records.items()}
    return [sk for sk, item in sorted(items.items()) if is_record(sk) and last.get(sk) != whole(sk, item)]


def never_sealed(items: Mapping[str, Item]) -> bool:
    """Tell whether this is what no evidence is kept of: a heartbeat, which takes the place of the one before."""
    return "list" not in items.get("incident", {"list": ""})


def _of_seals(incident: str, seals: tuple[Seal, ...]) -> Iterator[Fault]:
    """Yield what is wrong with the seals: each must be as it was made, and name the one before it."""
    before, named = "", set[str]()
    for number, seal in enumerate(seals, 1):
        place = key_of(incident, seal.number)[1]
        named |= set(seal.records)
        if seal.number != number:
            yield Fault(incident, key_of(incident, number)[1], "is gone: a later seal is there")
            return
        if seal.hash != hash_of(seal):
            yield Fault(incident, place, "is not as it was made: its hash is wrong")
        elif seal.previous != before:
            yield Fault(incident, place, "does not follow the seal before it")
        elif seal.count != len(named):
            yield Fault(incident, place, f"counts {seal.count} records, and {len(named)} are named until then")
        before = seal.hash


def _marks(items: Mapping[str, Item], now: datetime) -> Iterator[datetime]:
    """Yield when something of the incident was written that waits for a seal, or was being worked on."""
    for item in items.values():
        if item.get("list") not in {UNSEALED, DUE}:
            continue
        try:
            at = datetime.fromisoformat(str(item.get("at", "")))
        except ValueError:
            continue
        if at.tzinfo and at <= now + timedelta(seconds=HOLD_SECONDS):
            yield at
