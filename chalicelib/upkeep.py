"""What the schedule does: looks again at what is due, so that nothing waits for ever, and seals what was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib import switch_told
from chalicelib.announcing import announce
from chalicelib.approvals import granted
from chalicelib.carrying_out import carry_out, put_aside, tell_as_it_stands
from chalicelib.decision import Action, Approval
from chalicelib.engine import Engine
from chalicelib.errors import Busy
from chalicelib.evidence.sealing import keep, seal_listed
from chalicelib.expiring import expire
from chalicelib.ledger import Stored
from chalicelib.ledger.items import amend
from chalicelib.ledger.lists import due
from chalicelib.notify import Kind
from chalicelib.settling import look_again
from chalicelib.storms import STORM, watch

_AT_ONCE = 100
"""Incidents looked at in one run: the rest is due a minute later."""

_ENOUGH = 15
"""Seconds that must be left for one more incident to be sealed."""


def tend(engine: Engine) -> int:
    """Look at everything of which something is due; return how many.

    One that fails does not hold back the others; the first failure is raised at the end.
    """
    failed: list[Exception] = []
    taken = engine.ledger.take_over_died()
    incidents = due(engine.ledger.table, engine.clock())[:_AT_ONCE]
    kept: set[str] = set()
    for incident in incidents:
        try:
            _tend(engine, incident)
            keep(engine, incident)
            kept.add(incident)
        except Busy:
            continue  # somebody is at work on it: it stays due
        except Exception as error:  # noqa: BLE001 - it stays due; the others are looked at
            failed.append(error)
    switch_told.tell(engine)
    for exemption in engine.organization.expired(engine.clock()):
        told = f"It held {exemption.rule} back, for {exemption.owner}: {exemption.reason}. Renew it, or take it out."
        announce(engine, f"exemption {exemption}", f"Exemption expired on {exemption.until}", told)
    failed += seal_listed(engine, lambda: engine.hands.left() > _ENOUGH, kept)
    if failed:
        raise failed[0]
    return taken + len(incidents)


def _tend(engine: Engine, incident: str) -> None:
    if incident.startswith(STORM):
        watch(engine, incident)
        return
    stored = engine.ledger.load(incident)
    for changed in (_approved, _undone, look_again, expire):
        if changed(engine, stored):
            stored = engine.ledger.load(incident)
    engine.teller.catch_up(stored)


def _approved(engine: Engine, stored: Stored) -> bool:
    return _answered(engine, stored, stored.approval(Action.APPROVE))


def _undone(engine: Engine, stored: Stored) -> bool:
    return _answered(engine, stored, stored.approval(Action.UNDO))


def _answered(engine: Engine, stored: Stored, approval: Approval | None) -> bool:
    """Carry out what enough people approved, end the waiting of what is overdue; tell whether it was either."""
    if approval is None:
        return False
    if granted(approval):
        carry_out(engine, stored.id, approval.of)
        return True
    if engine.clock() < datetime.fromisoformat(approval.expires_at):
        return False
    _overdue(engine, stored, approval)
    return True


def _overdue(engine: Engine, stored: Stored, approval: Approval) -> None:
    """Tell the second channel of what nobody decided; what nobody decides then either is only watched."""
    minutes = engine.organization.approval_minutes
    if approval.escalated:
        asked = datetime.fromisoformat(approval.asked_at)
        waited = int((engine.clock() - asked).total_seconds()) // 60
        put_aside(engine, stored, approval, f"nobody decided within {waited} minutes", paused=False)
        return
    until = engine.clock() + timedelta(minutes=minutes)
    longer = replace(approval, escalated=True, expires_at=until.isoformat(timespec="seconds"))
    others = tuple(each for each in stored.approvals if each is not approval)
    still = replace(stored, approvals=(longer, *others))
    tell_as_it_stands(engine, still, Kind.ESCALATION, [amend(longer, approval, until)])
