"""What was to hold for a time only is taken back when that is over, exactly as people would take it back.

It is no word against the rule: where the same is found once more, it is answered again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.carrying_out import conclude
from chalicelib.decision import Action
from chalicelib.engine import Engine
from chalicelib.ledger import Stored
from chalicelib.ledger.items import change as record
from chalicelib.model import Change, Mode, Outcome, Remediation
from chalicelib.settling import given_up
from chalicelib.taking_back import take_back
from chalicelib.undoing import chains, expired, holds_until


def expire(engine: Engine, stored: Stored) -> bool:
    """Take back what of an incident has held its time. Raises Busy while somebody is at work on the same resources.

    Return whether anything was recorded: the incident is another one by then. Nothing is taken back while people decide
    about an undo, which may want more of it, and while the kill switch lets nothing be changed.
    """
    found = chains(stored.changes)
    over = [chain for chain in found if expired(chain, engine.clock())]
    prolonged = _prolong(engine, [chain for chain in found if chain not in over])
    if not over or stored.approval(Action.UNDO) or _switched_off(engine):
        return prolonged
    taken, hold = take_back(engine, stored, over)
    was = {change.id: change for change in stored.changes}
    changes = [given_up(_explained(each, engine.catalogue.remediations), engine.clock()) for each in taken]
    news = [change for change in changes if _is_news(change, was)]
    if not news:
        engine.ledger.conclude(stored.id, [was[change.id] for change in changes], [], hold, {})
        return True
    conclude(engine, stored, changes, hold, {}, news=news)
    engine.teller.show(stored.id)
    return True


def _prolong(engine: Engine, holding: Sequence[Sequence[Change]]) -> bool:
    """Have what was done again since, and so holds for longer, be due when that is over; tell whether anything was."""
    over = [(chain, change) for chain in holding for change in chain if expired([change], engine.clock())]
    for chain, change in over:
        longer = replace(change, expires_at=holds_until(chain))
        engine.ledger.note([record(longer, engine.clock(), change)])
    return bool(over)


def _switched_off(engine: Engine) -> bool:
    """Tell whether the kill switch says that nothing is to be changed but by people."""
    said = engine.facts().switch()
    return said is not None and said[0] < Mode.APPROVE


def _explained(change: Change, known: Mapping[str, Remediation]) -> Change:
    """Return a change that says why nobody was asked, and what else there is to say of it."""
    remediation = known.get(change.remediation)
    hours = remediation.expires_hours if remediation else 0
    why = f"it was to hold {hours} hours" if hours else "it was to hold for a time only"
    return replace(change, reason=f"{why}: {change.reason}" if change.reason else why)


def _is_news(change: Change, was: Mapping[str, Change]) -> bool:
    """Tell whether people do not know it yet; one that an attempt marked before it died has no reason."""
    before = was[change.id]
    return change.outcome is not before.outcome or (change.outcome is Outcome.UNDOING and not before.reason)
