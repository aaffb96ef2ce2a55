"""What was changed is taken back, the last first: because people want it, or because its time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.acting import Step
from chalicelib.engine import Engine
from chalicelib.incidents import rules_of
from chalicelib.ledger import Hold, Stored
from chalicelib.model import Change, Outcome
from chalicelib.undoing import why_kept
from chalicelib.units import Unit


def take_back(
    engine: Engine, stored: Stored, found: Sequence[Sequence[Change]], *, confirm: bool = False, force: bool = False
) -> tuple[list[Change], Hold]:
    """Take back these chains of an incident as far as that may be; return their changes as they ended, still held."""
    was = {change.id: change for change in stored.changes}
    known = engine.catalogue.remediations
    kept = {chain[-1].id: why for chain in found if (why := why_kept(chain[-1], known, confirm=confirm))}
    going = [chain for chain in found if chain[-1].id not in kept]
    left = [(change, kept[chain[-1].id]) for chain in found if chain[-1].id in kept for change in chain]
    held = [replace(change, outcome=Outcome.KEPT, reason=why) for change, why in left]
    marked = [replace(change, outcome=Outcome.UNDOING, reason="") for chain in going for change in chain]
    hold = engine.ledger.resume([*marked, *held], was, engine.token())
    steps = engine.hands.undo([back(engine, chain) for chain in going], force=force)
    ends = {step.change.id: step.change for step in steps}
    return [*(ended(change, chain[-1].id, ends) for chain in going for change in chain), *held], hold


def back(engine: Engine, chain: Sequence[Change]) -> Step:
    """Return the step that brings a chain back to its first `before`; one that was begun goes on."""
    first, last = chain[0], chain[-1]
    resumed = last.outcome if last.outcome is Outcome.UNDOING else Outcome.CONTAINED
    return Step(unit_of(engine, last), replace(last, before=first.before, outcome=resumed, reason="", calls=()))


def ended(change: Change, last: str, ends: Mapping[str, Change]) -> Change:
    """Return one change of a chain as its undo ended; the calls are kept with the last."""
    end = ends[last]
    calls = (*change.calls, *(end.calls if change.id == last else ()))
    return replace(change, outcome=end.outcome, reason=end.reason, calls=calls)


def paused(change: Change) -> Change:
    """Return a change that people undid, which says what that means from now on."""
    if change.outcome is not Outcome.UNDONE or change.reason:
        return change
    return replace(change, reason=f"from now on {change.rule} only watches this resource")


def unit_of(engine: Engine, change: Change) -> Unit:
    """Return the unit of a recorded change."""
    rule = rules_of([change.rule], engine.catalogue)[0]
    return Unit(rule, engine.catalogue.remediations[change.remediation], change.resource)
