"""What people decide about an incident: checked, recorded, and done as far as it was approved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from chalicelib.approvals import granted, open_now, undo_digest
from chalicelib.carrying_out import carry_out, put_aside, tell_as_it_stands
from chalicelib.decision import Action, Approval, Decision
from chalicelib.engine import Engine
from chalicelib.errors import Busy, CountermeasureError, NotAllowed
from chalicelib.ledger import Stored, Told
from chalicelib.ledger.items import amend, ask, later, mark, say, stale
from chalicelib.model import Change
from chalicelib.notify import Kind, Notice
from chalicelib.table import Write
from chalicelib.undoing import chains

Do: TypeAlias = Callable[[Engine, Stored, Decision], str]
"""Does what was decided and returns what came of it, for people."""

SNOOZES = (60, 24 * 60)
"""Minutes for which an incident may be snoozed."""

_PAUSES = (0.1, 0.2, 0.3, 0.4)
"""Seconds to wait before a decision is tried again, because somebody else decided or acted at the same moment."""


def decide(engine: Engine, decision: Decision) -> Decision:
    """Do what a person decided; return the decision with its `result`. It is recorded, and so is what is refused.

    The same decision, seen again, goes on where it stopped and is done once. Raises UnknownIncident, NotAllowed, Busy,
    and CountermeasureError, whose text is for the person.
    """
    for seconds in _PAUSES:
        try:
            return _decided(engine, decision)
        except Busy:
            engine.sleep(seconds)
    return _decided(engine, decision)


def _decided(engine: Engine, decision: Decision) -> Decision:
    engine.ledger.take_over_died(decision.incident)  # it may be about what nobody has recorded yet
    stored = engine.ledger.load(decision.incident)
    mine = (decision.at, decision.by, decision.action)
    before = next((each for each in stored.decisions if (each.at, each.by, each.action) == mine), None)
    if before:
        pending = next((each for each in stored.approvals if granted(each)), None)
        return replace(before, result=carry_out(engine, stored.id, pending.of, before)) if pending else before
    try:
        return replace(decision, result=_DO[decision.action](engine, stored, decision))
    except Busy:
        raise
    except CountermeasureError as refusal:
        refused = say(replace(decision, result=f"refused: {refusal}"))
        engine.ledger.note([refused, stale(stored.id, engine.clock())])
        raise


def _approve(engine: Engine, stored: Stored, decision: Decision) -> str:
    """Count a vote, and carry out what now has as many as it needs."""
    approval = _asked(engine, stored, decision)
    who = engine.people.identity(decision.by)
    if who == approval.requester:
        raise NotAllowed("who asks for an undo here cannot be its only approver: ask somebody else")
    if who in approval.votes:
        raise CountermeasureError("you have approved this already: somebody else must, too")
    voted = replace(approval, votes={**approval.votes, who: decision.at})
    missing = voted.needed - len(voted.votes)
    result = "approved" if granted(voted) else f"approved: {missing} more must"
    due = later(engine.clock()) if granted(voted) else datetime.fromisoformat(voted.expires_at)
    said = replace(decision, result=result)
    if granted(voted):
        engine.ledger.note([amend(voted, approval, due), say(said), stale(stored.id, engine.clock())])
        return carry_out(engine, stored.id, voted.of, said)
    _note(engine, said, [amend(voted, approval, due)])
    return result


def _deny(engine: Engine, stored: Stored, decision: Decision) -> str:
    """End the waiting; what is denied is not asked again of its resource by the same rule."""
    approval = _asked(engine, stored, decision)
    result = "denied"
    said = say(replace(decision, result=result))
    why = f"denied by {decision.by}" + (f": {decision.reason}" if decision.reason else "")
    put_aside(engine, stored, approval, why, also=[said], paused=True)
    return result


def _undo(engine: Engine, stored: Stored, decision: Decision) -> str:
    """Undo at once, or ask for the approval of somebody else, where the environment wants that."""
    taken = [change for chain in chains(stored.changes) for change in chain]
    if not taken:
        raise CountermeasureError(f"nothing was changed in {stored.id}: there is nothing to undo")
    if not decision.reason:
        raise CountermeasureError("an undo needs a reason")
    digest = undo_digest(stored.changes)
    if decision.digest not in {"", digest}:
        raise CountermeasureError(f"{stored.id} has changed since this was shown: look at it again")
    accounts = _accounts(taken)
    engine.people.check(decision.by, accounts)
    pending = stored.approval(Action.UNDO)
    if open_now(pending, engine.clock()):
        raise CountermeasureError("an undo waits for somebody's approval already")
    another = engine.people.undo_by_another(accounts)
    now = engine.clock()
    approval = Approval(
        incident=stored.id,
        of=Action.UNDO,
        digest=digest,
        changes=tuple(change.id for change in taken),
        asked_at=decision.at,
        expires_at=(now + timedelta(minutes=engine.organization.approval_minutes)).isoformat(timespec="seconds"),
        needed=1 if another else 0,
        requester=engine.people.identity(decision.by),
        reason=decision.reason,
        confirm=decision.confirm,
        force=decision.force,
    )
    if not another:
        said = replace(decision, result="being undone")
        engine.ledger.note([ask(approval, later(now)), say(said)])
        return carry_out(engine, stored.id, Action.UNDO, said)
    said = replace(decision, result="waits for the approval of somebody else")
    _say(engine, replace(stored, approvals=(*stored.approvals, approval)), said, Kind.FOLLOW_UP, [ask(approval)])
    return said.result


def _acknowledge(engine: Engine, stored: Stored, decision: Decision) -> str:
    said = replace(decision, result="acknowledged")
    _note(engine, said, [mark(stored.id, {"acknowledged_by": decision.by})])
    return said.result


def _snooze(engine: Engine, stored: Stored, decision: Decision) -> str:
    """Hold back what is told of the incident, but for what must not wait."""
    if decision.minutes not in SNOOZES:
        raise CountermeasureError(f"an incident is snoozed for {' or '.join(map(str, SNOOZES))} minutes")
    if not decision.reason:
        raise CountermeasureError("a snooze needs a reason")
    engine.people.check(decision.by, _accounts(stored.changes) or {stored.findings[0].account})
    until = (engine.clock() + timedelta(minutes=decision.minutes)).isoformat(timespec="seconds")
    said = replace(decision, result=f"snoozed until {until}")
    _note(engine, said, [mark(stored.id, {"snoozed_until": until})])
    return said.result


def _escalate(engine: Engine, stored: Stored, decision: Decision) -> str:
    said = replace(decision, result="escalated")
    _say(engine, stored, said, Kind.ESCALATION)
    return said.result


def _mine(engine: Engine, stored: Stored, decision: Decision) -> str:
    """The person whose credentials were used says that it was them: on-call still decides what that means."""
    _check_asked(stored, decision)
    said = replace(decision, result="says that it was them")
    _say(engine, stored, said, Kind.FOLLOW_UP)
    return said.result


def _not_mine(engine: Engine, stored: Stored, decision: Decision) -> str:
    """It was somebody else: whoever is on call must know at once."""
    _check_asked(stored, decision)
    said = replace(decision, result="says that it was NOT them: the credentials are in other hands")
    _say(engine, stored, said, Kind.ESCALATION)
    return said.result


_DO: Mapping[Action, Do] = {
    Action.APPROVE: _approve,
    Action.DENY: _deny,
    Action.UNDO: _undo,
    Action.ACKNOWLEDGE: _acknowledge,
    Action.SNOOZE: _snooze,
    Action.ESCALATE: _escalate,
    Action.MINE: _mine,
    Action.NOT_MINE: _not_mine,
}


def _asked(engine: Engine, stored: Stored, decision: Decision) -> Approval:
    """Return what the person decides about, if it still waits and they may decide."""
    pending = [each for each in stored.approvals if not granted(each)]
    if not pending:
        raise CountermeasureError(f"nothing waits for approval in {stored.id}")
    found = next((each for each in pending if decision.digest in {"", each.digest}), None)
    if found is None:
        raise CountermeasureError(f"{stored.id} has changed since this was shown: look at it again")
    shown = {change.id: change for change in stored.changes}
    engine.people.check(decision.by, _accounts(shown[id_] for id_ in found.changes))
    if not open_now(found, engine.clock()):
        raise CountermeasureError(f"this waited until {found.expires_at}, and has expired")
    return found


def _note(engine: Engine, said: Decision, writes: Sequence[Write]) -> None:
    """Record a decision with what it changes, and bring the incident's own message up to date."""
    engine.ledger.note([*writes, say(said), stale(said.incident, engine.clock())])
    engine.teller.show(said.incident)


def _say(engine: Engine, stored: Stored, said: Decision, kind: Kind, also: Sequence[Write] = ()) -> None:
    """Record a decision and tell the incident as it then stands."""
    tell_as_it_stands(engine, replace(stored, decisions=(*stored.decisions, said)), kind, [*also, say(said)])


def _check_asked(stored: Stored, decision: Decision) -> None:
    """Raise NotAllowed unless this person was asked whether it was them."""
    asked = {f"slack:{told.to}" for told in map(_notice_of, stored.notices) if told.kind is Kind.QUESTION}
    if decision.by not in asked:
        raise NotAllowed("only the person who was asked can answer this")


def _accounts(changes: Iterable[Change]) -> set[str]:
    return {change.resource.account for change in changes}


def _notice_of(told: Told) -> Notice:
    return Notice.from_json(told.body)
