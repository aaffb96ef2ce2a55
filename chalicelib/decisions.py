"""What people decide: to approve a change exactly as it was shown, or to take back what was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.acting import Step
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError
from chalicelib.incidents import assemble, of_stored, rules_of
from chalicelib.ledger import Hold, Stored
from chalicelib.model import Change, Incident, Mode, Outcome
from chalicelib.notify import Kind
from chalicelib.units import Unit, guarded

UNDOABLE = {
    Outcome.INTENDED,  # the attempt died and the event was not delivered again
    Outcome.CONTAINED,
    Outcome.UNVERIFIED,
    Outcome.FAILED,
    Outcome.UNDOING,
    Outcome.DRIFTED,
    Outcome.KEPT,
}
"""The outcomes that may have left something to take back, where there was a plan."""


def approve(engine: Engine, incident: str, *, by: str) -> Incident:
    """Carry out what waits for approval, if a fresh plan is exactly what was shown; else ask again with the new one.

    Raises UnknownIncident, Busy, and CountermeasureError when nothing waits.
    """
    stored = engine.ledger.load(incident)
    waiting = {change.id: change for change in stored.changes if change.outcome is Outcome.AWAITING}
    if not waiting:
        raise CountermeasureError(f"nothing waits for approval in {incident}")
    fresh = engine.hands.plan([_guarded(engine, stored, change) for change in waiting.values()])
    steps = [_approved(step, waiting[step.change.id], by) for step in fresh]
    hold = engine.ledger.resume([step.change for step in steps], waiting, engine.token())
    going = [step for step in steps if step.change.outcome is Outcome.INTENDED]
    applied = {step.change.id: step for step in engine.hands.apply(going)}
    changes = [applied.get(step.change.id, step).change for step in steps]
    return _conclude(engine, stored, changes, hold, {})


def undo(
    engine: Engine, incident: str, *, reason: str, by: str, confirm: bool = False, force: bool = False
) -> Incident:
    """Take back what an incident changed, in reverse order, where the resource is still as we left it.

    `confirm` also takes back what should not be taken back lightly (a leaked key becomes active again), `force` also
    what is no longer as we left it. What was undone is not done again on its resource by the same rule.
    Raises UnknownIncident, Busy, and CountermeasureError when nothing was changed.
    """
    stored = engine.ledger.load(incident)
    chains = _chains(stored.changes)
    if not chains:
        raise CountermeasureError(f"nothing was changed in {incident}: there is nothing to undo")
    was = {change.id: change for change in stored.changes}
    kept = {chain[-1].id: why for chain in chains if (why := _why_kept(engine, chain[-1], confirm))}
    going = [chain for chain in chains if chain[-1].id not in kept]
    held = [
        replace(chain[-1], outcome=Outcome.KEPT, reason=kept[chain[-1].id]) for chain in chains if chain[-1].id in kept
    ]
    marked = [replace(change, outcome=Outcome.UNDOING) for chain in going for change in chain]
    hold = engine.ledger.resume([*marked, *held], was, engine.token())
    ended = {step.change.id: step.change for step in engine.hands.undo([_back(engine, c) for c in going], force=force)}
    changes = [_ended(change, chain[-1].id, ended) for chain in going for change in chain]
    reasons: dict[str, dict[str, str]] = {}
    for change in changes:
        if change.outcome is Outcome.UNDONE:
            reasons.setdefault(change.resource.key, {})[change.rule] = f"by {by}: {reason}"
    return _conclude(engine, stored, [*changes, *held], hold, reasons)


def _guarded(engine: Engine, stored: Stored, change: Change) -> Step:
    """Return what waits, under the guardrails as they are now: they may have come down since."""
    finding = next(found for found in stored.findings if found.id == change.finding)
    unit = guarded(_unit(engine, change), finding, engine.organization, {})
    return Step(unit, replace(change, ceilings=unit.ceilings))


def _approved(step: Step, shown: Change, by: str) -> Step:
    """Go ahead with what was shown, and with nothing else; what a guardrail now forbids is not asked for again."""
    change = step.change
    if change.outcome not in {Outcome.AWAITING, Outcome.INTENDED}:
        return step
    if change.digest == shown.digest:
        change = replace(change, outcome=Outcome.INTENDED, mode=Mode.ENFORCE, reason=f"approved by {by}")
    else:
        reason = "the resource has changed since: this is what would be done now"
        change = replace(change, outcome=Outcome.AWAITING, mode=Mode.APPROVE, reason=reason)
    return replace(step, change=change)


def _chains(changes: Sequence[Change]) -> list[list[Change]]:
    """Return what may be taken back, the last first. A place is one chain of changes, back to its first `before`."""
    places: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.outcome in UNDOABLE and change.digest:
            places.setdefault((change.remediation, change.resource.key), []).append(change)
    return sorted(places.values(), key=lambda chain: (chain[-1].at, chain[-1].step), reverse=True)


def _why_kept(engine: Engine, change: Change, confirm: bool) -> str:
    remediation = engine.catalogue.remediations.get(change.remediation)
    if remediation is None:
        return f"{change.remediation} is no longer in the catalogue: undo it by hand"
    if remediation.irreversible:
        return remediation.irreversible
    return remediation.confirm_undo if not confirm else ""


def _back(engine: Engine, chain: Sequence[Change]) -> Step:
    first, last = chain[0], chain[-1]
    resumed = last.outcome if last.outcome is Outcome.UNDOING else Outcome.CONTAINED
    return Step(_unit(engine, last), replace(last, before=first.before, outcome=resumed, reason="", calls=()))


def _ended(change: Change, last: str, ended: Mapping[str, Change]) -> Change:
    """Return one change of a chain as its undo ended; the calls are kept with the last."""
    end = ended[last]
    calls = (*change.calls, *(end.calls if change.id == last else ()))
    return replace(change, outcome=end.outcome, reason=end.reason, calls=calls)


def _unit(engine: Engine, change: Change) -> Unit:
    rule = rules_of([change.rule], engine.catalogue)[0]
    return Unit(rule, engine.catalogue.remediations[change.remediation], change.resource)


def _conclude(
    engine: Engine, stored: Stored, changes: Sequence[Change], hold: Hold, undone: Mapping[str, Mapping[str, str]]
) -> Incident:
    """Record what became of a decision, tell it in the incident's thread, and return the whole incident."""
    rules = rules_of({change.rule: None for change in changes}, engine.catalogue)
    told = engine.teller.compose(assemble(stored.id, stored.findings[:1], rules, changes), Kind.FOLLOW_UP)
    engine.ledger.conclude(stored.id, changes, told, hold, undone)
    engine.teller.tell(stored.id, [*stored.notices, told])
    return of_stored(engine.ledger.load(stored.id), engine.catalogue)
