"""What countermeasure has to say of itself: told once, as an incident in which nothing is changed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.accounts import home_region
from chalicelib.errors import Busy
from chalicelib.incidents import assemble
from chalicelib.ledger import Record
from chalicelib.model import Finding, Resource, Severity
from chalicelib.notify import Kind

if TYPE_CHECKING:
    from chalicelib.engine import Engine

SOURCE = "countermeasure"


def finding(
    id_: str,
    title: str,
    description: str,
    account: str,
    region: str,
    now: datetime,
    severity: Severity = Severity.HIGH,
    resources: tuple[Resource, ...] = (),
) -> Finding:
    """Return what is to be said as a finding: the same `id_` is said once. `resources` are what it is about."""
    at = now.isoformat(timespec="seconds")
    return Finding(
        id=id_,
        revision=id_,
        source=SOURCE,
        type=title,
        title=title,
        description=description,
        severity=severity,
        account=account,
        region=region,
        first_seen=at,
        last_seen=at,
        event={},
        resources=resources,
    )


def announce(
    engine: Engine,
    id_: str,
    title: str,
    description: str,
    severity: Severity = Severity.HIGH,
    resources: tuple[Resource, ...] = (),
) -> None:
    """Tell people, unless they were told of this `id_` before."""
    ours = engine.organization
    said = finding(id_, title, description, ours.hub, home_region(ours.partition), engine.clock(), severity, resources)
    try:
        known = engine.ledger.look(said, [])
    except Busy:
        return  # another delivery says it at this moment
    if known.answered:
        return
    incident = assemble(f"inc-{hashlib.sha256(id_.encode()).hexdigest()[:12]}", [said], (), ())
    told = engine.teller.compose(incident, Kind.INCIDENT)
    try:
        record = Record(incident.id, said, [], [], notices=[told])
        engine.ledger.settle(record, known, engine.ledger.claim(record, known, engine.token()))
    except Busy:
        return  # another delivery says it at this moment
    engine.teller.tell(incident.id, new=[told])
