"""Storms: many incidents of one rule and account within a window become one message with their number.

Each is answered, recorded and counted as ever; only its own message is left out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.announcing import finding
from chalicelib.errors import Busy
from chalicelib.incidents import assemble, rules_of
from chalicelib.ledger import Record, Told
from chalicelib.ledger.counters import storm, storm_size
from chalicelib.ledger.items import later, listed, notice
from chalicelib.ledger.keys import incident_pk
from chalicelib.model import Incident, Rule
from chalicelib.notify import Kind
from chalicelib.table import Write

if TYPE_CHECKING:
    from chalicelib.engine import Engine

STORM = "storm-"
"""What the name of every storm begins with."""

WINDOW = 600
"""Seconds within which incidents of one rule and account are counted together."""


def joined(engine: Engine, told: Told, incident: Incident) -> Told:
    """Return the incident's message: as it is, or marked as told by the one message of its storm."""
    alone = engine.organization.channels.alone
    if not alone:
        return told
    rule = max((response.rule for response in incident.responses), key=lambda rule: rule.severity)
    account = incident.finding.account
    name, size = storm(engine.ledger.table, engine.clock(), rule.id, account, WINDOW)
    if size <= alone:
        return told
    _open(engine, name, rule, incident)
    at = engine.clock().isoformat(timespec="seconds")
    return replace(told, receipts={"grouped": {"storm": name}}, told_at=at)


def watch(engine: Engine, name: str) -> None:
    """Bring the number in a storm's message up to date; when its window is over, say it a last time."""
    stored = engine.ledger.load(name)
    size = storm_size(engine.ledger.table, name)
    opened = datetime.fromisoformat(stored.opened_at)
    now = engine.clock()
    engine.teller.show(name, grouped=size)
    if now < later(opened, WINDOW):
        engine.ledger.note([_watched(name, now)])
        return
    rules = rules_of(stored.rules, engine.catalogue)
    told = engine.teller.compose(assemble(name, stored.findings, rules, ()), Kind.FOLLOW_UP, grouped=size)
    engine.ledger.note([notice(told, name, now), Write((incident_pk(name), "storm"), {"over": True}, whole=True)])
    engine.teller.tell(name, stored.notices, [told])


def _open(engine: Engine, name: str, rule: Rule, incident: Incident) -> None:
    """Open the storm's own incident, whose message stands for all of them, unless that was done before."""
    first, now = incident.finding, engine.clock()
    title = f"Many at once: {rule.title}"
    said = finding(name, title, f"Incidents of {rule.id} come in quick succession.", first.account, first.region, now)
    try:
        known = engine.ledger.look(said, [])
    except Busy:
        return  # another delivery opens it at this moment
    if known.answered:
        return
    told = engine.teller.compose(assemble(name, [said], [rule], ()), Kind.INCIDENT, grouped=1)
    record = Record(name, said, [rule.id], [], notices=[told], also=[_watched(name, now)])
    try:
        engine.ledger.settle(record, known, engine.ledger.claim(record, known, engine.token()))
    except Busy:
        return  # another delivery was faster
    engine.teller.tell(name, new=[told])


def _watched(name: str, now: datetime) -> Write:
    return Write((incident_pk(name), "storm"), listed(later(now, 60)), whole=True)
