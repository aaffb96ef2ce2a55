"""Decisions of people, made as Slack's buttons and the command make them."""

from __future__ import annotations

from itertools import count
from typing import Any

from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.incidents import of_stored
from chalicelib.model import Incident

_MOMENTS = count(1)
"""No two decisions are of one moment, although time may stand still."""

ALICE = "arn:aws:sts::222222222222:assumed-role/operator/alice"
BOB = "arn:aws:sts::222222222222:assumed-role/operator/bob"


def decision(engine: Engine, action: Action, incident: str, by: str = ALICE, **more: Any) -> Decision:
    """Return a decision of now; `more` are fields of Decision."""
    at = engine.clock().replace(microsecond=next(_MOMENTS)).isoformat(timespec="microseconds")
    return Decision(**{"action": action, "incident": incident, "by": by, "at": at, "via": "command", **more})


def decided(engine: Engine, action: Action, incident: str, by: str = ALICE, **more: Any) -> Incident:
    """Decide, and return the incident as it then is."""
    decide(engine, decision(engine, action, incident, by, **more))
    return of_stored(engine.ledger.load(incident), engine.catalogue)


def approve(engine: Engine, incident: str, by: str = ALICE, **more: Any) -> Incident:
    return decided(engine, Action.APPROVE, incident, by, **more)


def undo(engine: Engine, incident: str, *, reason: str = "false alarm", by: str = ALICE, **more: Any) -> Incident:
    return decided(engine, Action.UNDO, incident, by, reason=reason, **more)
