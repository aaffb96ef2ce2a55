"""What was changed or undone, and was not seen to hold, is looked at again until it settles, for a day at the most."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.acting import Step
from chalicelib.carrying_out import conclude, reasons
from chalicelib.engine import Engine
from chalicelib.ledger import Stored
from chalicelib.model import Change, Outcome
from chalicelib.taking_back import back, ended, paused, unit_of
from chalicelib.undoing import chains, expiring

GIVE_UP = timedelta(days=1)
"""How long it is looked whether a change holds."""


def look_again(engine: Engine, stored: Stored) -> bool:
    """Look whether what was changed or undone, and was not seen to hold, holds by now; tell it once it is known.

    Return whether there was anything to look at: the incident is another one by then.
    """
    unseen = [Step(unit_of(engine, c), c) for c in stored.changes if c.outcome is Outcome.UNVERIFIED]
    begun = [chain for chain in chains(stored.changes) if chain[-1].outcome is Outcome.UNDOING]
    undoing = [chain for chain in begun if not expiring(chain)]
    if not unseen and not undoing:
        return False
    was = {change.id: change for change in stored.changes}
    pending = [*(step.change for step in unseen), *(change for chain in undoing for change in chain)]
    hold = engine.ledger.resume(pending, was, engine.token())
    held = engine.hands.look(unseen, Outcome.UNVERIFIED, Outcome.CONTAINED)
    seen = engine.hands.look([back(engine, chain) for chain in undoing], Outcome.UNDOING, Outcome.UNDONE)
    ends = {step.change.id: step.change for step in seen}
    looked = [paused(ended(change, chain[-1].id, ends)) for chain in undoing for change in chain]
    changes = [given_up(change, engine.clock()) for change in (*(step.change for step in held), *looked)]
    settled = [change for change in changes if change.outcome is not was[change.id].outcome]
    if settled:
        undone = [change for change in settled if change.outcome is Outcome.UNDONE]
        conclude(engine, stored, changes, hold, reasons(undone, "undone by people"), news=settled)
        engine.teller.show(stored.id)
    else:
        engine.ledger.conclude(stored.id, changes, [], hold, {})
    return True


def given_up(change: Change, now: datetime) -> Change:
    """Return a change that was never seen to hold, or to be undone, as what it then is: failed, or kept.

    What expires is waited for until then, and from then on.
    """
    if now - datetime.fromisoformat(change.expires_at or change.at) < GIVE_UP:
        return change
    if change.outcome is Outcome.UNVERIFIED:
        return replace(change, outcome=Outcome.FAILED, reason="it was changed, and not seen to hold within a day")
    if change.outcome is Outcome.UNDOING:
        why = change.reason or "it was changed back, and not seen to hold"
        return replace(change, outcome=Outcome.KEPT, reason=f"{why}: undo it again")
    return change
