"""One answer to one finding, planned on what the ledger knew: claim, apply, settle, tell.

Intent and `before` are recorded, then the resource is written, then looked at, then the outcome is recorded, then it
is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib import reconcile
from chalicelib.acting import Step, seen
from chalicelib.announcing import announce
from chalicelib.approvals import asked_for, waiting
from chalicelib.dataclass import dataclass
from chalicelib.decision import Action, Approval
from chalicelib.errors import OverBudget
from chalicelib.incidents import assemble
from chalicelib.ledger import Hold, Known, Record, Stored, Told
from chalicelib.ledger.counters import spend
from chalicelib.ledger.items import ask, close, stale
from chalicelib.model import Ceiling, Change, Incident, Mode, Outcome, Response
from chalicelib.notify import Kind
from chalicelib.notify.notice import Asked, Button
from chalicelib.storms import joined
from chalicelib.table import Write

if TYPE_CHECKING:
    from chalicelib.engine import Engine

_NO_NEWS = {Outcome.COMPLIANT, Outcome.GONE, Outcome.OFF}
_BEGUN = {Outcome.INTENDED, Outcome.FAILED}
_DONE = {Outcome.CONTAINED, Outcome.UNVERIFIED}
_LOUD = {Outcome.FAILED, Outcome.INTENDED, Outcome.AWAITING}
"""Outcomes that are told although somebody snoozed the incident."""


WAS_IT_YOU = Asked(
    buttons=(
        Button(Action.MINE),
        Button(Action.NOT_MINE, ask="On-call is told at once that your credentials are in other hands."),
    )
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was planned, the hold on what is to be changed, and the budget that held it back."""

    steps: Sequence[Step]
    hold: Hold
    spent: OverBudget | None = None


def act(
    engine: Engine,
    record: Record,
    planned: Sequence[Step],
    known: Known,
    stored: Stored | None,
    told_only: Sequence[Response],
) -> list[Change]:
    """Claim, apply, settle, tell; return what became of every unit."""
    claimed = _claim(engine, record, planned, known, stored)
    applied = {step.change.id: step for step in engine.hands.apply(_intended(claimed.steps))}
    ended = [applied.get(step.change.id, step) for step in claimed.steps]
    done = {change.id: change for change in stored.changes if change.outcome in _DONE} if stored else {}
    changes = [_as_it_ended(step.change, done) for step in ended]
    earlier = stored if stored and stored.notices else None
    news = [change for change in changes if _is_news(change, earlier)]
    was = stored.approval(Action.APPROVE) if stored else None
    approval = asked_now(engine, record.incident, [*(stored.changes if stored else ()), *news], was)
    told = _told(engine, replace(record, changes=news), changes, known, earlier, told_only, approval)
    also = _asking(approval, was)
    faced = earlier and engine.teller.faced(earlier.notices)
    also += [stale(record.incident, engine.clock())] if faced else []
    answered = all(change.outcome is not Outcome.FAILED for change in changes)
    there = {notice.id for notice in stored.notices} if stored else set()
    fresh = [notice for notice in told if notice.id not in there]
    settled = replace(record, changes=news, notices=fresh, answered=answered, also=also)
    engine.ledger.settle(settled, known, claimed.hold)
    engine.teller.tell(record.incident, earlier.notices if earlier else (), told)
    if faced:
        engine.teller.show(record.incident)
    if claimed.spent:
        _alert(engine, claimed.spent, record)
    return changes


def _claim(engine: Engine, record: Record, planned: Sequence[Step], known: Known, stored: Stored | None) -> Claimed:
    """Record what is about to be done, within the budgets of actions; what is over budget waits for approval."""
    intended = _intended(planned)
    begun = {change.id for change in stored.changes if change.outcome in _BEGUN} if stored else set()
    fresh = [step for step in intended if step.change.id not in begun]
    claim = replace(record, changes=[step.change for step in planned])
    try:
        spending = spend(engine.clock(), _budgets(engine, fresh))
        return Claimed(planned, engine.ledger.claim(claim, known, engine.token(), spending))
    except OverBudget as error:
        held = {step.change.id for step in fresh}
        lowered = [_held_back(step, error) if step.change.id in held else step for step in planned]
        again = _claim(engine, record, lowered, known, stored)  # what an earlier attempt began goes on
        return replace(again, spent=error)


def _budgets(engine: Engine, steps: Sequence[Step]) -> dict[str, tuple[int, int]]:
    """Return how many actions each budget is to be charged with, and how many it allows."""
    budgets = engine.organization.budgets
    wanted: dict[str, tuple[int, int]] = {}
    for step in steps:
        named = {
            f"rule {step.change.rule}": budgets.rule,
            f"account {step.change.resource.account}": budgets.account,
            "organization": budgets.total,
        }
        for name, limit in named.items():
            if limit is None:
                continue
            wanted[name] = (wanted.get(name, (0, 0))[0] + 1, limit)
    return wanted


def _held_back(step: Step, error: OverBudget) -> Step:
    ceiling = Ceiling("action budget", Mode.APPROVE, str(error))
    ceilings = tuple(sorted((*step.change.ceilings, ceiling), key=lambda each: each.mode))
    change = replace(step.change, outcome=Outcome.AWAITING, mode=Mode.APPROVE, ceilings=ceilings)
    return replace(step, change=change)


def _alert(engine: Engine, error: OverBudget, record: Record) -> None:
    """Say once an hour that a budget is spent: something is very wrong, or somebody uses us to cut production."""
    title = f"Action budget spent: {error.budget}"
    said = f"{error}: until the next hour, what it would change waits for approval. Last asked by {record.incident}."
    announce(engine, f"budget {error.budget} {engine.clock():%Y-%m-%dT%H}", title, said)


def asked_now(engine: Engine, incident: str, changes: Sequence[Change], was: Approval | None) -> Approval | None:
    """Return what people are asked about these changes of an incident; the one that `was` where nothing is new."""
    pending = waiting(changes)
    return asked_for(
        incident,
        pending,
        engine.clock(),
        minutes=engine.organization.approval_minutes,
        needed=engine.people.needed({change.resource.account for change in pending}),
        was=was,
    )


def _asking(approval: Approval | None, was: Approval | None) -> list[Write]:
    """Return the writes by which people are asked what is new, and no longer asked what does not wait any more."""
    if approval is was:
        return []
    return [ask(approval)] if approval else [close(was)] if was else []


def _told(
    engine: Engine,
    record: Record,
    changes: Sequence[Change],
    known: Known,
    earlier: Stored | None,
    told_only: Sequence[Response],
    approval: Approval | None,
) -> list[Told]:
    """Return what is to be told: the incident's own message, or what is news of it, which `record` holds."""
    rules = [engine.catalogue.rules[id_] for id_ in record.rules]
    incident = assemble(record.incident, [record.finding], rules, record.changes, told_only)
    if earlier is None:
        return _opening(engine, record, incident, approval)
    repeated = known.repeated or (known.died and earlier.findings[0].id == record.finding.id)
    if repeated and not record.changes:
        return []
    whole = assemble(record.incident, [record.finding], rules, changes, told_only)
    if engine.teller.compose(whole, Kind.INCIDENT).id in {told.id for told in earlier.notices}:
        return []  # an attempt that died recorded what it was about to tell, and that is told now
    return [_follow_up(engine, incident, earlier)]


def _opening(engine: Engine, record: Record, incident: Incident, approval: Approval | None) -> list[Told]:
    """Return the incident's own message, and the question to the person whose credentials were used."""
    approvals = (approval,) if approval else ()
    now = Stored(record.incident, "", (record.finding,), tuple(record.rules), tuple(record.changes), (), approvals)
    told = engine.teller.compose(incident, Kind.INCIDENT, asked=engine.teller.asked(now))
    told = joined(engine, told, incident)
    person = engine.organization.person(record.finding.actor)
    if person and any(response.rule.ask_actor for response in incident.responses) and not told.told_at:
        return [told, engine.teller.compose(incident, Kind.QUESTION, to=person, asked=WAS_IT_YOU)]
    return [told]


def _follow_up(engine: Engine, incident: Incident, stored: Stored) -> Told:
    """Return what is news; while the incident is snoozed, only what must not wait is told at once."""
    told = engine.teller.compose(incident, Kind.FOLLOW_UP)
    if any(change.outcome in _LOUD for change in incident.changes):
        return told
    return replace(told, not_before=stored.snoozed_until)


def _intended(steps: Iterable[Step]) -> list[Step]:
    return [step for step in steps if step.change.outcome is Outcome.INTENDED]


def _as_it_ended(change: Change, done: Mapping[str, Change]) -> Change:
    """Return a change that an attempt before recorded as done as that did: it knows what was there before.

    What could not be seen then was seen now.
    """
    before = done.get(change.id) if change.outcome is Outcome.COMPLIANT else None
    if before is None:
        return change
    return seen(before, Outcome.CONTAINED) if reconcile.same(change.before, before.after) else before


def _is_news(change: Change, stored: Stored | None) -> bool:
    """Return whether a change says something that the incident does not say already."""
    place = (change.rule, change.remediation, change.resource.key)
    before = [c for c in stored.changes if (c.rule, c.remediation, c.resource.key) == place] if stored else []
    if not before:
        return True
    last = before[-1]
    if (last.id, last.outcome) == (change.id, change.outcome):
        return False
    if last.outcome is Outcome.INTENDED:
        return True
    acted = change.outcome in {Outcome.CONTAINED, Outcome.UNVERIFIED}
    return acted or (change.outcome not in _NO_NEWS and (change.outcome, change.digest) != (last.outcome, last.digest))
