"""One subject under faults: an event is answered, AWS comes right, the schedule sees to the rest, people undo it."""

from __future__ import annotations

import gc
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from app import refuse_failures
from chalicelib.accounts import describe
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError
from chalicelib.ledger import HOLD_SECONDS
from chalicelib.ledger.lists import due, held
from chalicelib.model import Incident, Outcome
from chalicelib.upkeep import tend
from lab.crashing import Crash
from lab.faulty import LASTING, Fault
from lab.line import Line, faulty
from lab.organization import Lab
from lab.slack import Slack
from torture.fault_copies import Copies, Tried
from torture.fault_judge import SOON, Held, Judge
from torture.fault_looks import Place, incidents, states
from torture.subjects import Named, Subject, made

START = datetime(2026, 8, 1, 12, tzinfo=UTC)
TIMEOUT: int = json.loads((Path(__file__).parents[1] / ".chalice/config.json").read_text())["lambda_timeout"]
"""Seconds that a function may run."""

LATER = (HOLD_SECONDS + 1, HOLD_SECONDS + 1, 1000, 1000, 4000)
"""Seconds before each look of the schedule."""

ALICE = "arn:aws:sts::222222222222:assumed-role/operator/alice"
BOB = "arn:aws:sts::222222222222:assumed-role/operator/bob"


@dataclass(frozen=True, slots=True)
class Usual:
    """How an undisturbed answer goes: its calls in order, what it comes to, and what is broken even so."""

    calls: tuple[str, ...]
    outcomes: Mapping[Place, Outcome]
    broken: tuple[tuple[Held, str], ...]


@dataclass(slots=True)
class _Trial:
    """One answer from its event to its undo; `line` is what AWS is reached by."""

    lab: Lab
    subject: Subject
    engine: Engine
    line: Line
    judge: Judge

    def answer(self) -> str:
        """Deliver the event once; return how the invocation ended."""
        answered: tuple[Incident, ...] = ()
        try:
            with self.line.invocation():
                said = self.subject.answer(self.engine)
            answered = said if isinstance(said, tuple) else (said,)
            refuse_failures(answered)
            ended = ""
        except Crash:
            ended = "out of time"
        except CountermeasureError as error:
            ended = "delivered again: a response failed" if answered else f"delivered again: {type(error).__name__}"
        except Exception as error:  # noqa: BLE001 - as Lambda: whatever it is, the event is delivered again
            ended = f"delivered again: {describe(error).partition(':')[0]}"
        fault, self.line.fault = self.line.fault, None  # the judge looks past it
        failed = [c for each in answered for c in each.changes if c.outcome is Outcome.FAILED]
        self.judge.hold(Held.TOLD, bool(ended) or not failed, "a response failed, and the event is not delivered again")
        self.judge.answer(self.engine, self.line, fault, answered, over=bool(answered))
        self.line.fault = fault
        return ended or ", ".join(sorted({c.outcome.value for each in answered for c in each.changes}))

    def come_right(self, ended: str) -> None:
        """Have AWS be well again at once or after the next delivery; deliver again what was refused; tend; undo."""
        if self.line.fault in LASTING and ended.startswith(("delivered", "out")) and random.random() < 0.5:
            self.line.shift(HOLD_SECONDS + 1)
            ended = self.answer()
        self.line.heal()
        if ended.startswith(("delivered", "out")):
            self.line.shift(HOLD_SECONDS + 1)
            ended = self.answer()
            self.judge.hold(Held.RIGHT, not ended.startswith(("delivered", "out")), f"AWS is well, and it is {ended}")
        for stored in incidents(self.engine):
            if stored.approval(Action.APPROVE):
                self._decide(Action.APPROVE, stored.id, BOB)
        schedule = _slow(self.lab.engine(self.subject.catalogue), self.line)
        for seconds in LATER:
            table = self.engine.ledger.table
            if due(table, self.engine.clock() + SOON) or held(table):
                self.line.shift(seconds)
                with self.line.invocation():
                    tend(schedule)
        self.judge.end(self.engine)
        for stored in incidents(self.engine):
            if any(change.outcome is Outcome.CONTAINED for change in stored.changes):
                self._decide(Action.UNDO, stored.id, ALICE)
        self.judge.undone(self.engine)

    def _decide(self, action: Action, incident: str, by: str) -> None:
        self.line.shift(1)
        at = self.engine.clock().isoformat(timespec="microseconds")
        decision = Decision(action, incident, by, at, "command", reason="false alarm", confirm=True)
        with self.line.invocation():
            decide(self.engine, decision)


def usual(lab: Lab, named: Named) -> Usual:
    """Answer without any fault, and say how that goes."""
    with _trial(lab, named, {}) as trial:
        ended = trial.answer()
        outcomes = {
            (c.remediation, c.resource.key): c.outcome for each in incidents(trial.engine) for c in each.changes
        }
        trial.judge.hold(Held.RIGHT, not ended.startswith(("delivered", "out")), f"without a fault it is {ended}")
        return Usual(tuple(trial.line.calls), outcomes, tuple(trial.judge.broken))


def trials(
    lab: Lab, named: Named, expected: Usual, wanted: Mapping[int, Sequence[Fault]], seed: int, until: float
) -> list[Tried]:
    """Answer once for every fault of every call that is wanted, by its number, and say what came of each.

    `until` is when no more is begun, by time.monotonic.
    """
    with _trial(lab, named, expected.outcomes) as trial:
        copies = Copies(trial.line, str(named), wanted, seed, until)
        trial.line.meet = copies.meet
        gc.collect()
        gc.freeze()
        try:
            ended = trial.answer()
            if copies.own:
                copies.end(_came_right(trial, copies.own, ended))
        except BaseException as error:
            if copies.own is None:
                raise
            said = (*trial.judge.broken, (Held.RIGHT, f"{type(error).__name__}: {error}"))
            copies.end(replace(copies.own, broken=said))
        finally:
            gc.unfreeze()
        return copies.tried


def _came_right(trial: _Trial, own: Tried, ended: str) -> Tried:
    took = trial.line.took
    trial.come_right(ended)
    doubled = trial.judge.doubled()
    trial.judge.hold(Held.ONCE, not doubled or trial.line.unheard, f"{doubled} told twice, and SNS was heard")
    return replace(own, ended=ended, seconds=took, doubled=doubled, broken=tuple(trial.judge.broken))


@contextmanager
def _trial(lab: Lab, named: Named, outcomes: Mapping[Place, Outcome]) -> Iterator[_Trial]:
    """Make what is wrong, at a time that stands still but for what takes time."""
    with time_machine.travel(START, tick=False) as clock:

        def shift(seconds: float) -> None:
            clock.shift(timedelta(seconds=seconds))

        lab.slack = Slack(clock=time.time)
        subject = made(lab, named)
        line = Line(shift, TIMEOUT)
        engine = _slow(lab.engine(subject.catalogue), line)
        judge = Judge(lab, subject.units, states(lab, engine, subject.units), outcomes)
        with faulty(line):
            yield _Trial(lab, subject, engine, line, judge)


def _slow(engine: Engine, line: Line) -> Engine:
    """Return the engine with waits that take their time."""
    sleep: Callable[[float], None] = line.sleep
    return replace(engine, sleep=sleep, hands=replace(engine.hands, sleep=sleep, left=line.left))
