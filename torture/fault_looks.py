"""What is there, and what the ledger says of it, seen past every fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from chalicelib import reconcile
from chalicelib.accounts import Clients, ScopedSession
from chalicelib.engine import Engine
from chalicelib.errors import Gone
from chalicelib.ledger import Record, Stored
from chalicelib.ledger.begun import begun_of
from chalicelib.ledger.keys import BEGUN, resource_head
from chalicelib.ledger.lists import opened_since
from chalicelib.model import State
from chalicelib.units import Unit
from lab.organization import Lab

Place: TypeAlias = tuple[str, str]
"""What is changed: a remediation's id, and a resource's key."""

States: TypeAlias = Mapping[Place, State]

GONE = "there is no such resource"
_CLIENTS = Clients()


def states(lab: Lab, engine: Engine, units: Sequence[Unit]) -> States:
    """Return what is there now, as an administrator sees it."""
    found = {}
    known = [*(stored.id for stored in incidents(engine)), *(record.incident for record in begun(engine, units))]
    incident = next(iter(known), "inc-judge")  # evidence is that of its incident
    for unit in units:
        account, region = unit.resource.account, unit.resource.region
        keys = lab.administrator(account)
        with ScopedSession(account, region, "aws", incident, engine.clock(), keys, _CLIENTS) as aws:
            try:
                found[unit.place] = reconcile.read(unit.remediation, aws, unit.resource)
            except Gone:
                found[unit.place] = GONE
    return found


def incidents(engine: Engine) -> list[Stored]:
    """Return every incident that the ledger keeps."""
    now = engine.clock()
    return [engine.ledger.load(id_) for id_ in opened_since(engine.ledger.table, now - timedelta(days=2), now)]


def begun(engine: Engine, units: Iterable[Unit]) -> list[Record]:
    """Return what attempts that have not reported back were about to do, as the ledger keeps it."""
    heads = engine.ledger.table.get([resource_head(unit.resource.key) for unit in units])
    return [begun_of(item[BEGUN]) for item in heads.values() if BEGUN in item]
