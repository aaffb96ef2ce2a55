"""One race: deliveries, clicks and the schedule at once, each with an engine of its own, as Lambda runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias, cast

import time_machine

from chalicelib import wiring
from chalicelib.accounts import Clients
from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.errors import Busy, CountermeasureError
from chalicelib.ledger import Stored
from chalicelib.model import Outcome
from chalicelib.notify import Targets
from chalicelib.upkeep import tend
from lab.channels import targets
from lab.organization import EXTERNAL_ID, TABLE, Lab
from lab.slack import Slack
from torture.turns import Turns
from torture.wire import Wire, turned

START = datetime(2026, 8, 1, 12, 3, tzinfo=UTC)
RETRIES = (0, 60, 120)
"""Seconds before each delivery of an event that a function raised on: Lambda tries twice again."""

MINUTE = 60

Event: TypeAlias = Mapping[str, Any]

_CLIENTS = Clients()
"""botocore's clients keep nothing of what was asked; making them takes longer than a race."""


class Threads(Protocol):
    """How threads run at once: in the turns of a seed, or as the machine has them."""

    @property
    def taken(self) -> bool: ...
    def run(self, tasks: Sequence[Callable[[], None]], beside: Callable[[], None]) -> None: ...
    def sleep(self, seconds: float) -> None: ...


@dataclass(slots=True)
class Race:
    """A ledger, its organization, and everybody who works on it at once.

    `dead` is what Lambda gave up on, `refused` what people were told instead of what they wanted; `again` counts what
    was delivered once more.
    """

    lab: Lab
    catalogue: Catalogue
    threads: Threads
    wire: Wire
    hub: Callable[[str], Any]
    targets: Callable[[], Targets]
    dead: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    again: int = 0
    _open: int = 0

    def engine(self) -> Engine:
        """Return one more engine; it shares nothing with the others but AWS."""
        around = wiring.Surroundings(hub=self.hub, sleep=self._sleep, clients=_CLIENTS)
        ours = self.lab.organization
        told = self.targets()
        return wiring.engine(self.catalogue, ours, around, table=TABLE, targets=told, external_id=EXTERNAL_ID)

    def together(self, *doing: Callable[[], None]) -> None:
        """Do it all at once, while the schedule runs; then let the schedule see to what is left."""
        self._open = len(doing)
        self.threads.run([self._counted(each) for each in doing], self._upkeep)

    def delivered(self, event: Event) -> Callable[[], None]:
        """Return what delivers an event as Lambda does."""

        def deliver() -> None:
            engine = self.engine()
            self._tried(lambda: _answer(engine, event), f"event {event.get('id', '?')}")

        return deliver

    def clicked(self, action: Action, by: str, digest: str) -> Callable[[], None]:
        """Return what has a person decide about the one incident that is there, as it was shown."""
        incident = self.incidents()[0]

        def click() -> None:
            engine = self.engine()
            at = engine.clock().isoformat(timespec="microseconds")
            said = Decision(action, incident, by, at, "slack", digest=digest, reason="a race", confirm=True)
            self._tried(lambda: self._decide(engine, said), f"{action} of {by}")

        return click

    def incidents(self) -> list[str]:
        """Return the incidents that findings opened; storms and what is said of ourselves have no event."""
        found = [pk.removeprefix("incident#") for pk, sk in self.items() if sk == "incident"]
        return sorted(id_ for id_ in found if self.stored(id_).findings[0].event)

    def stored(self, incident: str) -> Stored:
        return self.engine().ledger.load(incident)

    def items(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return every item of the ledger."""
        pages = self.hub("dynamodb").get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
        return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}

    def _decide(self, engine: Engine, said: Decision) -> None:
        try:
            decide(engine, said)
        except Busy:
            raise
        except CountermeasureError as refusal:
            self.refused.append(str(refusal))

    def _tried(self, work: Callable[[], None], what: str) -> None:
        last = ""
        for number, seconds in enumerate(RETRIES):
            self._sleep(seconds)
            try:
                work()
            except CountermeasureError as error:
                last, self.again = str(error), self.again + (number + 1 < len(RETRIES))
            else:
                return
        self.dead.append(f"{what}: {last}")

    def _counted(self, do: Callable[[], None]) -> Callable[[], None]:
        def done() -> None:
            do()
            self._open -= 1

        return done

    def _upkeep(self) -> None:
        engine, left = self.engine(), 4
        while left:
            self._sleep(MINUTE)
            tend(engine)
            left -= 0 if self._open else 1

    def _sleep(self, seconds: float) -> None:
        if self.threads.taken:
            self.threads.sleep(seconds)


@contextmanager
def race(lab: Lab, catalogue: Catalogue, seed: int, **organization: Any) -> Iterator[Race]:
    """Give a race in the turns of a seed, in an AWS that starts anew; `organization` is what differs from the lab's."""
    with time_machine.travel(START, tick=False) as clock:
        lab.reset()
        lab.organization = replace(lab.organization, **organization)
        turns, wire = Turns(seed, clock.shift), Wire()
        talk = cast("Slack", _Talk(lab.slack, turns))

        def told() -> Targets:
            return targets(lab.hub, lab.organization.channels.topic, talk)

        with turned(turns, wire):
            yield Race(lab, catalogue, turns, wire, lab.hub, told)


@dataclass(frozen=True, slots=True)
class _Talk:
    """A workspace that each request takes its time to reach."""

    workspace: Slack
    turns: Turns

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.workspace, name)

        def call(**arguments: Any) -> Any:
            if not self.turns.taken:
                return method(**arguments)
            self.turns.leg()
            answer = method(**arguments)
            self.turns.leg()
            return answer

        return call


def _answer(engine: Engine, event: Event) -> None:
    """Answer an event as a function does: what failed is delivered again."""
    incidents = engine.handle(event)
    failed = [c for incident in incidents for c in incident.changes if c.outcome is Outcome.FAILED]
    if failed:
        raise CountermeasureError(f"{failed[0].remediation} failed: {failed[0].reason}")
