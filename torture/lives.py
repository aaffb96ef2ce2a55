"""One life of a subject: its acts gone through, and everything looked at in the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from chalicelib.ledger import HOLD_SECONDS, Stored
from chalicelib.ledger.lists import due, held
from chalicelib.notify import Notice
from chalicelib.upkeep import tend
from torture.messages import OWN
from torture.world import World

LATER = datetime(2030, 1, 1, tzinfo=UTC)

Outcomes: TypeAlias = dict[str, list[tuple[str, str]]]
"""After each act: every change's remediation and outcome."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is not as promised: `converges`, `restores`, `tells` or `settles`."""

    promise: str
    what: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What a subject came to: the outcomes after each act, and how often each notice was told, by channel."""

    outcomes: Outcomes
    sns: dict[str, int]
    slack: dict[str, int]
    wrong: tuple[Wrong, ...] = ()


def gone_through(here: World, acts: Sequence[str], *, begun: bool = False) -> Ending:
    """Go through acts (the first of which may have `begun`), have the schedule run, and look at everything."""
    outcomes: Outcomes = {}
    wrong: list[Wrong] = []
    for act in acts:
        if not begun:
            here.perform(act)
        begun = False
        here.clock.shift(HOLD_SECONDS + 1)
        if act == acts[-1]:
            tend(here.engine())
        stored = here.stored()
        outcomes[act] = [(change.remediation, change.outcome.value) for change in stored.changes]
        promise = "restores" if act == "undo" else "converges"
        wrong += [Wrong(promise, f"after {act}: {each}") for each in here.astray(stored)]
    wrong += [Wrong("settles", each) for each in _loose(here, stored)]
    sns = Counter(json.loads(each["Message"])["id"] for each in here.lab.told())
    slack = Counter(each["metadata"]["event_payload"]["id"] for each in here.lab.slack.posted)
    return Ending(outcomes, dict(sns), dict(slack), tuple(wrong))


def _loose(here: World, stored: Stored) -> list[str]:
    """Return what is left to do in the end, and which messages do not show the incident as it is."""
    engine = here.engine()
    loose = [f"{each} is due in the end" for each in due(engine.ledger.table, LATER)]
    loose += [f"{each} is held in the end" for each in held(engine.ledger.table)]
    loose += [f"there is an incident {each}" for each in here.incidents() if each != stored.id]
    for told in stored.notices:
        kind = Notice.from_json(told.body).kind
        if kind in OWN and told.receipts["slack"].get("face") != engine.teller.face(stored, kind).id:
            loose.append("its message does not show it as it is")
    return loose
