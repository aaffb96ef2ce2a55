"""What must hold of an answer that met a fault: what it says is true, nothing is lost, and it comes right at last."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from chalicelib import reconcile
from chalicelib.engine import Engine
from chalicelib.ledger import Stored
from chalicelib.ledger.lists import due, held
from chalicelib.model import Change, Incident, Outcome
from chalicelib.notify import Notice
from chalicelib.units import Unit
from lab.faulty import Fault
from lab.line import Line
from lab.organization import Lab
from torture.fault_looks import Place, States, begun, incidents, states


class Held(StrEnum):
    """What people rely on, whatever AWS does."""

    TRUE = "What is said of a resource is true of it; a failure names the operation and what AWS answered."
    BEFORE = "Of everything that was written, the ledger has what was there before."
    TOLD = "What became of a resource is told, or waits in the ledger to be told."
    RIGHT = "Once AWS is well, the next delivery or the schedule brings everything to where it usually ends."
    UNDONE = "An undo then restores what was there at first."
    ONCE = "Nothing is told twice, unless SNS took it and nobody heard or could write it down."


SOON = timedelta(hours=12)
"""What is due later than that is no loose end: an address that is blocked for a day."""

_SAID_WHY = {Outcome.FAILED, Outcome.UNVERIFIED}
_OTHERWISE = {"AssumeRole": ("could not be assumed",)}
"""In which words an operation is named where not by its name."""

_NO_TIME = "there is no time left to begin it"
_ANOTHERS = "KMSInvalidStateException from EnableKey"
"""How a step fails that needs the one before it: a key is enabled once its deletion is cancelled."""

_STALE = {Fault.STALE, Fault.STALE_LONG}


@dataclass(slots=True)
class Judge:
    """What was there at first, what an undisturbed answer comes to, what SNS was told so far, and what is broken."""

    lab: Lab
    units: Sequence[Unit]
    first: States
    usual: Mapping[Place, Outcome]
    heard: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[Held, str]] = field(default_factory=list)

    def answer(
        self, engine: Engine, line: Line, fault: Fault | None, answered: Sequence[Incident], *, over: bool
    ) -> None:
        """Judge what an invocation left behind, while its fault may still be there."""
        now, kept = states(self.lab, engine, self.units), incidents(engine)
        recorded = [change for stored in kept for change in stored.changes]
        recorded += [change for record in begun(engine, self.units) for change in record.changes]
        said = [change for incident in answered for change in incident.changes]
        done = {_place(change) for change in recorded if change.outcome is Outcome.CONTAINED}
        each = {(c.id, c.outcome): c for c in (*recorded, *said)}.values()
        reasons = " ".join(change.reason for change in each)
        for change in each:
            if change in recorded or change.outcome is not Outcome.COMPLIANT or _place(change) not in done:
                self._true(change, now, line, fault, over=over, reasons=reasons)
        for place, state in now.items():
            chain = [change for change in recorded if _place(change) == place]
            if not reconcile.same(state, self.first[place]):
                self.hold(Held.BEFORE, bool(chain), f"{place} was written, and the ledger has nothing of it")
                self.hold(
                    Held.BEFORE,
                    not chain or reconcile.same(chain[0].before, self.first[place]),
                    f"{place} was written, and its `before` is not what was there",
                )
        self._hear()
        for stored in kept if over else ():
            self._told(stored, said)

    def end(self, engine: Engine) -> None:
        """Judge what it came to once AWS is well, and the schedule has seen to what was left."""
        now, kept = states(self.lab, engine, self.units), incidents(engine)
        for unit in self.units:
            chain = [c for stored in kept for c in stored.changes if _place(c) == unit.place]
            came = chain[-1].outcome if chain else None
            self.hold(Held.RIGHT, came is self.usual.get(unit.place, came), f"{unit.place} ended as {came}")
            if chain and came is Outcome.CONTAINED:
                wanted = reconcile.normalised(unit.remediation.desired(now[unit.place], unit.resource))
                self.hold(Held.RIGHT, reconcile.same(now[unit.place], wanted), f"{unit.place} is not as it should be")
                self.hold(
                    Held.BEFORE,
                    reconcile.same(chain[0].before, self.first[unit.place]),
                    f"{unit.place}: `before` is lost",
                )
        self._hear()
        for stored in kept:
            for notice in stored.notices:
                self.hold(Held.TOLD, bool(notice.told_at), f"notice {notice.id} never arrived")
                self.hold(Held.TOLD, self.heard[notice.id] > 0, f"notice {notice.id} is not in SNS")
            self._current(stored)
        slack = Counter(m.get("metadata", {}).get("event_payload", {}).get("id") for m in self.lab.slack.messages)
        self.hold(Held.ONCE, max(slack.values(), default=0) <= 1, "Slack was told twice")
        left = [*due(engine.ledger.table, engine.clock() + SOON), *held(engine.ledger.table)]
        self.hold(Held.RIGHT, not any(left), f"{left} are due for ever")

    def undone(self, engine: Engine) -> None:
        """Judge what an undo left."""
        now, kept = states(self.lab, engine, self.units), incidents(engine)
        outcomes = {_place(c): c for stored in kept for c in stored.changes}
        for unit in self.units:
            if unit.remediation.irreversible or unit.place not in outcomes:
                continue
            came = outcomes[unit.place]
            self.hold(
                Held.UNDONE,
                came.outcome in {Outcome.UNDONE, Outcome.COMPLIANT, Outcome.GONE},
                f"{unit.place} is {came.outcome} after the undo: {came.reason}",
            )
            self.hold(
                Held.UNDONE,
                reconcile.same(now[unit.place], self.first[unit.place]),
                f"{unit.place} is not as it was before",
            )

    def doubled(self) -> int:
        """Return how many notices SNS was told more than once."""
        return sum(number > 1 for number in self.heard.values())

    def _true(self, change: Change, now: States, line: Line, fault: Fault | None, *, over: bool, reasons: str) -> None:
        place, outcome = _place(change), change.outcome
        usual = self.usual.get(place, outcome)
        passing = {Outcome.INTENDED} if not over else set()
        self.hold(
            Held.TRUE, outcome in {usual, *_SAID_WHY, Outcome.AWAITING, *passing}, f"{place} is said to be {outcome}"
        )
        if outcome is Outcome.CONTAINED:
            self.hold(
                Held.TRUE, reconcile.same(now[place], change.after), f"{place} is said to be contained, and is not"
            )
        said = change.reason
        if outcome is Outcome.AWAITING and usual is not outcome:
            said = " ".join(ceiling.reason for ceiling in change.ceilings)
        elif outcome not in _SAID_WHY or fault in _STALE or outcome is usual:
            return
        if _NO_TIME in said or _ANOTHERS in said:
            said = reasons  # whom AWS kept waiting, or refused, says what it was; others only come after it
        operation = line.operation.partition(".")[2]
        named = any(way in said for way in (operation, *_OTHERWISE.get(operation, ()), "Waiter "))
        heard = fault is Fault.LOST  # botocore asked once more, and had an answer to that
        named = named and (heard or any(code in said for code in line.codes))
        self.hold(
            Held.TRUE, named, f"{place} is {outcome}, and nobody says that {line.operation} met {line.codes}: {said!r}"
        )

    def _told(self, stored: Stored, said: Sequence[Change]) -> None:
        """Hold that a notice says what came of everything, and has arrived or is due."""
        for notice in stored.notices:
            arrived = self.heard[notice.id] > 0
            self.hold(Held.TOLD, arrived or bool(notice.due), f"notice {notice.id} has not arrived, and is not due")
            self.hold(
                Held.TOLD, arrived or not notice.told_at, f"notice {notice.id} is said to have arrived, and has not"
            )
        self._current(stored)
        recorded = {_place(change): change.outcome for change in stored.changes}
        for change in said:
            if change.incident == stored.id and change.outcome is not Outcome.COMPLIANT:
                kept = recorded.get(_place(change))
                self.hold(
                    Held.TOLD, kept is change.outcome, f"{_place(change)} is {change.outcome}, recorded as {kept}"
                )

    def _current(self, stored: Stored) -> None:
        """Hold that the last notice about each change says what became of it."""
        told: dict[tuple[str, str], str] = {}
        for notice in sorted((Notice.from_json(kept.body) for kept in stored.notices), key=lambda each: each.at):
            told |= {(line.remediation, line.resource_id): line.outcome for line in notice.changes}
        for change in {_place(c): c for c in stored.changes}.values():
            last = told.get((change.remediation, change.resource.id))
            self.hold(Held.TOLD, last == change.outcome, f"{_place(change)} is {change.outcome}, told as {last}")

    def _hear(self) -> None:
        self.heard.update(_id(envelope["Message"]) for envelope in self.lab.told())

    def hold(self, what: Held, held: bool, otherwise: str) -> None:
        """Note what is broken, unless it held."""
        if not held and (what, otherwise) not in self.broken:
            self.broken.append((what, otherwise))


def _place(change: Change) -> Place:
    return change.remediation, change.resource.key


def _id(message: str) -> str:
    return str(json.loads(message)["id"])
