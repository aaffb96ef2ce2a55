"""What people approved is carried out: exactly the change that was shown, or its undo. Each goes on after a crash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from chalicelib.acting import Step
from chalicelib.answering import asked_now
from chalicelib.approvals import digest, granted, waiting
from chalicelib.decision import Action, Approval, Decision
from chalicelib.engine import Engine
from chalicelib.errors import Busy
from chalicelib.incidents import assemble, of_stored, rules_of
from chalicelib.ledger import Hold, Stored
from chalicelib.ledger.items import ask, close, notice, say, stale
from chalicelib.model import Change, Mode, Outcome
from chalicelib.notify import Kind
from chalicelib.table import Write
from chalicelib.taking_back import paused, take_back, unit_of
from chalicelib.undoing import chains
from chalicelib.units import guarded


def carry_out(engine: Engine, incident: str, of: Action, said: Decision | None = None) -> str:
    """Do what enough people approved, once, and return what came of it; "" where it was done before.

    `said` is the decision that brought it about: what came of it is recorded with it. Raises Busy while another
    attempt is at work on the same resources.
    """
    stored = engine.ledger.load(incident)
    approval = stored.approval(of)
    if approval is None or not granted(approval):
        return ""
    do = _respond if of is Action.APPROVE else _undo
    result = _summary(do(engine, stored, approval)) or _why_nothing(stored, approval)
    if said:
        engine.ledger.note([say(replace(said, result=result))])
    _close(engine, approval)
    engine.teller.show(incident)
    return result


def put_aside(
    engine: Engine, stored: Stored, approval: Approval, why: str, *, also: Sequence[Write] = (), paused: bool
) -> None:
    """End the waiting without doing anything; `paused`: the rules are not to ask again for these resources."""
    was = {change.id: change for change in waiting(stored.changes) if change.id in approval.changes}
    if approval.of is Action.UNDO or not was:
        ended = replace(stored, approvals=tuple(each for each in stored.approvals if each is not approval))
        tell_as_it_stands(engine, ended, Kind.FOLLOW_UP, [close(approval), *also])
        return
    shown = [replace(change, outcome=Outcome.OBSERVED, reason=why) for change in was.values()]
    hold = engine.ledger.resume(shown, was, engine.token())
    conclude(engine, stored, shown, hold, reasons(shown, why) if paused else {}, also)
    _close(engine, approval)
    engine.teller.show(stored.id)


def tell_as_it_stands(engine: Engine, stored: Stored, kind: Kind, also: Sequence[Write] = ()) -> None:
    """Tell the whole incident as it now is, and bring its own message up to date; `also` is what made it so."""
    told = engine.teller.compose(of_stored(stored, engine.catalogue), kind, asked=engine.teller.asked(stored))
    now = engine.clock()
    engine.ledger.note([*also, notice(told, stored.id, now), stale(stored.id, now)])
    engine.teller.tell(stored.id, stored.notices, [told])
    engine.teller.show(stored.id)


def _respond(engine: Engine, stored: Stored, approval: Approval) -> list[Change]:
    """Carry out what waits, if a fresh plan is exactly what was shown; else ask again with the new one."""
    begun = [change for change in stored.changes if change.outcome is Outcome.INTENDED]
    going = {change.id: change for change in (*waiting(stored.changes), *begun) if change.id in approval.changes}
    if not going:
        return []
    by = ", ".join(sorted(approval.votes))
    fresh = engine.hands.plan([_guarded(engine, stored, change) for change in going.values()])
    steps = [_approved(step, going[step.change.id], by) for step in fresh]
    hold = engine.ledger.resume([step.change for step in steps], going, engine.token())
    applied = {s.change.id: s for s in engine.hands.apply([s for s in steps if s.change.outcome is Outcome.INTENDED])}
    changes = [applied.get(step.change.id, step).change for step in steps]
    others = [change for change in stored.changes if change.id not in going]
    again = asked_now(engine, stored.id, [*others, *changes], None)
    conclude(engine, stored, changes, hold, {}, [ask(again)] if again else [])
    return changes


def _undo(engine: Engine, stored: Stored, approval: Approval) -> list[Change]:
    """Take back what the incident changed, in reverse order, where the resource is still as we left it.

    `confirm` also takes back what should not be taken back lightly (a leaked key becomes active again), `force` also
    what is no longer as we left it. What was undone is not done again on its resource by the same rule. What has
    expired since it was asked for is back already; the rest goes on.
    """
    found = chains([replace(change, expires_at="") for change in stored.changes])
    left = {change.id for chain in found for change in chain}
    expired = {change.id for change in stored.changes if change.outcome is Outcome.UNDONE and change.expires_at}
    shown = [change for change in stored.changes if change.id in approval.changes]
    if not found or left != {*approval.changes} - expired or digest(shown) != approval.digest:
        return []
    taken, hold = take_back(engine, stored, found, confirm=approval.confirm, force=approval.force)
    changes = [paused(change) for change in taken]
    undone = [change for change in changes if change.outcome is Outcome.UNDONE]
    conclude(engine, stored, changes, hold, reasons(undone, f"by {_whom(approval)}: {approval.reason}"))
    return changes


def _whom(approval: Approval) -> str:
    others = ", ".join(sorted(approval.votes))
    return f"{approval.requester}, approved by {others}" if others else approval.requester


def _guarded(engine: Engine, stored: Stored, change: Change) -> Step:
    """Return what waits, under the guardrails as they are now: they may have come down since."""
    finding = next(found for found in stored.findings if found.id == change.finding)
    unit = guarded(unit_of(engine, change), finding, engine.organization, {}, engine.facts())
    return Step(unit, replace(change, ceilings=unit.ceilings))


def _approved(step: Step, shown: Change, by: str) -> Step:
    """Go ahead with what was shown, and with nothing else; what a guardrail now forbids is not asked for again."""
    change = step.change
    if change.outcome not in {Outcome.AWAITING, Outcome.INTENDED}:
        return step
    if change.digest == shown.digest:
        change = replace(change, outcome=Outcome.INTENDED, mode=Mode.ENFORCE, reason=f"approved by {by}")
    elif shown.outcome is Outcome.INTENDED:
        reason = "it was begun, and the resource has changed since: look at it, and undo it or act by hand"
        change = replace(shown, outcome=Outcome.FAILED, reason=reason)
    else:
        reason = "the resource has changed since: this is what would be done now"
        change = replace(change, outcome=Outcome.AWAITING, mode=Mode.APPROVE, reason=reason)
    return replace(step, change=change)


def reasons(changes: Sequence[Change], why: str) -> dict[str, dict[str, str]]:
    """Return what the heads of resources keep: which rules people do not want again there, and why."""
    found: dict[str, dict[str, str]] = {}
    for change in changes:
        found.setdefault(change.resource.key, {})[change.rule] = why
    return found


def conclude(
    engine: Engine,
    stored: Stored,
    changes: Sequence[Change],
    hold: Hold,
    undone: Mapping[str, Mapping[str, str]],
    also: Sequence[Write] = (),
    news: Sequence[Change] | None = None,
) -> None:
    """Record what became of a decision or with time, and tell it (or what of it is news) in the incident's thread."""
    shown = changes if news is None else news
    rules = rules_of({change.rule: None for change in shown}, engine.catalogue)
    told = engine.teller.compose(assemble(stored.id, stored.findings[:1], rules, shown), Kind.FOLLOW_UP)
    engine.ledger.conclude(stored.id, changes, [told], hold, undone, [*also, stale(stored.id, engine.clock())])
    engine.teller.tell(stored.id, stored.notices, [told])


def _close(engine: Engine, approval: Approval) -> None:
    """End the waiting, unless something new is asked already."""
    with suppress(Busy):
        engine.ledger.note([close(approval)])


def _summary(changes: Sequence[Change]) -> str:
    """Return how many changes came to what: `1 failed, 2 contained`."""
    counted = Counter(change.outcome.value for change in changes)
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counted.items()))


def _why_nothing(stored: Stored, approval: Approval) -> str:
    if approval.of is Action.UNDO and chains(stored.changes):
        return "not undone: the incident has changed since that was asked for; ask for it again"
    return "nothing was left to do"
