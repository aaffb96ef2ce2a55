"""Deliveries, repeats, decisions, expiries, drift and crashes in any order: what people rely on always holds.

- Nothing is written that the ledger does not have, with what was there before.
- What needs an approval is done only as it was shown and approved, and once.
- What was there before our first write is never lost: an undo gives it back.
- A message shows the incident as it is, and offers only what is possible.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib import approvals, reconcile, undoing
from chalicelib.decision import Action
from chalicelib.ledger import HOLD_SECONDS
from chalicelib.model import Mode, Outcome
from torture.group import Group, opened
from torture.messages import offered, untrue

ALICE = "arn:aws:sts::222222222222:assumed-role/operator/alice"
BOB = "arn:aws:sts::222222222222:assumed-role/operator/bob"
PEOPLE = st.sampled_from([ALICE, BOB])
PORTS = st.sampled_from([5432, 27017, 22])
WRITES = st.integers(1, 10)
"""At which of its writes a process dies: hardly any act makes more."""


class TimeIsOver(BaseException):
    """No further story begins: nothing catches this but who told them."""


class Machine(RuleBasedStateMachine):
    """One security group that is opened again and again, in an environment that asks for approval, or does not."""

    until: ClassVar[float] = math.inf  # seconds of time.monotonic after which no story begins
    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.seen: dict[str, tuple[str, set[str]]] = {}  # of the message as somebody saw it: digests by action
        self.messages_are_due = False

    def teardown(self) -> None:
        self.stack.close()

    @initialize(mode=st.sampled_from([Mode.APPROVE, Mode.ENFORCE]), another=st.booleans(), crash=st.integers(0, 10))
    def begin(self, mode: Mode, another: bool, crash: int) -> None:
        if time.monotonic() >= self.until:
            raise TimeIsOver
        self.happened["stories"] += 1
        self.group: Group = opened(self.stack, mode, self.happened, another=another)
        self.witness = self.group.witness
        if crash:
            self.crash(crash, after=True, does=lambda: self.deliver(0))
        self.deliver(0)

    # What happens

    @rule(number=st.integers(0, 2))
    def deliver(self, number: int) -> None:
        self.group.deliver(number)

    @rule(news=st.booleans())
    def update(self, news: bool) -> None:
        self.group.update(news=news)

    @rule()
    def somebody_looks_at_the_message(self) -> None:
        """What they see may be old when they click."""
        changes = {change.id: change.digest for change in self.group.stored().changes}
        asked = {each.digest: {changes[id_] for id_ in each.changes} for each in self.group.stored().approvals}
        self.seen = {action: (digest, asked.get(digest, set())) for action, digest in offered(self.group.lab.slack)}

    @rule(by=PEOPLE, clicked=st.booleans())
    def approve(self, by: str, clicked: bool) -> None:
        """What counts is what they saw; the command takes what is asked now."""
        now = {change.id: change.digest for change in self.group.stored().changes}
        asked = self.group.stored().approval(Action.APPROVE)
        digest, shown = self.seen.get("approve", ("", set())) if clicked else ("", set())
        if not digest:
            shown = {now[id_] for id_ in asked.changes} if asked else set()
        added = shown - self.witness.approved
        self.witness.approved |= added
        if self.group.decide(Action.APPROVE, by, digest=digest) is False:
            self.witness.approved -= added

    @rule(by=PEOPLE)
    def deny(self, by: str) -> None:
        asked = self.group.stored().approval(Action.APPROVE)
        if self.group.decide(Action.DENY, by) and asked:
            self.witness.paused = True

    @rule(by=PEOPLE, force=st.booleans(), clicked=st.booleans())
    def undo(self, by: str, force: bool, clicked: bool) -> None:
        digest = self.seen.get("undo", ("", set()))[0] if clicked else ""
        now = approvals.undo_digest(self.group.stored().changes)
        done = self.group.decide(Action.UNDO, by, reason="agreed", force=force, digest=digest)
        assert not (done and digest and digest != now), "more is taken back than was shown"

    @rule(by=PEOPLE, action=st.sampled_from([Action.ACKNOWLEDGE, Action.ESCALATE, Action.SNOOZE]))
    def talk(self, by: str, action: Action) -> None:
        self.group.decide(action, by, reason="seen", minutes=60)

    @rule(port=PORTS)
    def someone_opens_it(self, port: int) -> None:
        self.group.open(port)

    @rule(minutes=st.sampled_from([1, 3, 61, 130]))
    def time_passes(self, minutes: int) -> None:
        self.group.clock.shift(timedelta(minutes=minutes))

    @rule()
    def the_schedule_runs(self) -> None:
        self.group.tend()
        self.messages_are_due = True

    @rule(by=PEOPLE, port=PORTS, clicked=st.booleans())
    def it_changes_while_somebody_reads(self, by: str, port: int, clicked: bool) -> None:
        """What they approve is not what is there any more; with `clicked`, nor what is asked."""
        self.somebody_looks_at_the_message()
        self.someone_opens_it(port)
        if clicked:
            self.deliver(2)
        self.approve(by, clicked)

    @rule(by=PEOPLE, port=PORTS)
    def it_is_answered_while_somebody_reads(self, by: str, port: int) -> None:
        """What they would take back is not all that an undo would by now."""
        self.somebody_looks_at_the_message()
        self.someone_opens_it(port)
        self.update(news=True)
        self.undo(by, force=False, clicked=True)

    @rule(number=WRITES, after=st.booleans(), does=st.sampled_from(["deliver", "approve", "undo", "tend"]), port=PORTS)
    def it_crashes(self, number: int, after: bool, does: str, port: int) -> None:
        """The process dies at one of its writes; the hold that it leaves lapses, and messages become true."""
        if does == "deliver":
            self.someone_opens_it(port)
        acts: dict[str, Callable[[], None]] = {
            "deliver": lambda: self.update(news=True),
            "approve": lambda: self.approve(ALICE, clicked=False),
            "undo": lambda: self.undo(BOB, force=False, clicked=False),
            "tend": self.the_schedule_runs,
        }
        self.crash(number, after=after, does=acts[does])

    @precondition(lambda self: self.witness.first is not None)
    @rule()
    def everything_is_taken_back(self) -> None:
        """A forced undo, with whom it takes, gives back what was there before our first write."""
        self.group.clock.shift(HOLD_SECONDS + 1)
        self.the_schedule_runs()
        if not undoing.chains(self.group.stored().changes):
            return
        for waits in self.group.stored().approvals:
            assert self.group.decide(Action.DENY, BOB, digest=waits.digest), "what waits cannot be denied"
        assert self.group.decide(Action.UNDO, ALICE, reason="x", force=True), "nothing waits, and an undo is refused"
        self.group.decide(Action.APPROVE, BOB)
        assert not undoing.chains(self.group.stored().changes), "an undo that people agreed on is not done"

    # What always holds

    @invariant()
    def nothing_was_written_that_must_not_be(self) -> None:
        assert not self.witness.wrong, self.witness.wrong

    @invariant()
    def what_was_there_before_is_kept_until_it_is_given_back(self) -> None:
        changes = self.group.recorded()
        self.witness.paused = any(change.outcome is Outcome.UNDONE for change in changes)
        if self.witness.first is not None and not undoing.chains(changes):
            there = self.group.there()
            assert reconcile.same(there, self.witness.first), "nothing can be taken back, and not all is given back"
            self.witness.first = None

    @invariant()
    def once_the_schedule_has_run_messages_are_true(self) -> None:
        if self.messages_are_due:
            self.group.clock.shift(HOLD_SECONDS + 1)
            self.the_schedule_runs()
            self.messages_are_due = False
            wrong = untrue(self.group.engine, self.group.stored(), self.group.lab.slack)
            assert not wrong, wrong

    def crash(self, number: int, *, after: bool, does: Callable[[], None]) -> None:
        if self.group.crash(number, after=after, does=does):
            self.messages_are_due = True
