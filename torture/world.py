"""A subject in a lab where time stands still: what is done about it, and what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import time_machine

from chalicelib import reconcile
from chalicelib.accounts import Clients, ScopedSession
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.ledger import Stored
from chalicelib.ledger.lists import opened_since
from chalicelib.model import Mode, Outcome, State
from chalicelib.units import Unit
from chalicelib.wiring import utc_now
from lab.organization import Lab
from lab.slack import Slack
from torture.subjects import Named, Subject, made

START = "2026-08-01T12:00:00+00:00"
ACTS = {Mode.ENFORCE: ("answer", "undo"), Mode.APPROVE: ("answer", "approve", "undo")}
OPERATOR = "arn:aws:sts::222222222222:assumed-role/operator/alice"

Place: TypeAlias = tuple[str, str]
"""A remediation's id and a resource's key."""

_CLIENTS = Clients()


@dataclass(frozen=True, slots=True)
class World:
    """A subject, with what was there before anything was done, and the decisions that people made."""

    lab: Lab
    named: Named
    subject: Subject
    clock: time_machine.Traveller
    first: dict[Place, State]
    decisions: dict[str, Decision] = field(default_factory=dict)

    @property
    def acts(self) -> tuple[str, ...]:
        return ACTS[self.named.mode]

    def engine(self) -> Engine:
        """Return a new engine: it remembers nothing."""
        return self.lab.engine(self.subject.catalogue)

    def stored(self) -> Stored:
        """Return the incident as the ledger has it."""
        return self.engine().ledger.load(self.subject.incident)

    def incidents(self) -> list[str]:
        """Return every incident of the ledger."""
        began = datetime.fromisoformat(START)
        return opened_since(self.engine().ledger.table, began, began)

    def perform(self, act: str) -> None:
        """Answer, or decide; once more, it is the same delivery or the same decision."""
        engine = self.engine()
        if act == "answer":
            self.subject.answer(engine)
            return
        if act not in self.decisions:
            self.decisions[act] = self.decision(act)
        decide(engine, self.decisions[act])

    def decision(self, act: str) -> Decision:
        """Return what a person decides now."""
        at, undo = utc_now().isoformat(timespec="microseconds"), act == "undo"
        return Decision(Action(act), self.subject.incident, OPERATOR, at, "command", reason="false alarm", confirm=undo)

    def astray(self, stored: Stored) -> list[str]:
        """Return what is not there as the ledger says it is."""
        wrong = []
        said = {(change.remediation, change.resource.key): change.outcome for change in stored.changes}
        for unit in self.subject.units:
            outcome, there = said.get(unit.place), read(self.lab, unit, self.subject.incident)
            if outcome is None or there != self._owed(unit, outcome):
                wrong.append(f"{unit.remediation.id} is {outcome or 'unknown to the ledger'}, and there is {there}")
        return wrong

    def _owed(self, unit: Unit, outcome: Outcome) -> State:
        """Return what is to be there after an outcome: what was there first, or what is desired."""
        if outcome in {Outcome.UNDONE, Outcome.AWAITING, Outcome.COMPLIANT}:
            return self.first[unit.place]
        return reconcile.normalised(unit.remediation.desired(self.first[unit.place], unit.resource))


@contextmanager
def world(lab: Lab, named: Named) -> Iterator[World]:
    """Make a subject in a lab that is started anew."""
    with time_machine.travel(START, tick=False) as clock:
        lab.slack = Slack(clock=lambda: utc_now().timestamp())
        subject = made(lab, named)
        lab.hub("sns").publish(TopicArn=lab.organization.channels.topic, Message="moto makes its key only once")
        lab.told()
        yield World(
            lab, named, subject, clock, {unit.place: read(lab, unit, subject.incident) for unit in subject.units}
        )


def read(lab: Lab, unit: Unit, incident: str) -> State:
    """Return what a remediation owns of its resource now, on behalf of an incident, as an administrator sees it."""
    resource = unit.resource
    keys = lab.administrator(resource.account)
    with ScopedSession(
        resource.account, resource.region, resource.partition, incident, utc_now(), keys, _CLIENTS
    ) as aws:
        return reconcile.read(unit.remediation, aws, resource)
