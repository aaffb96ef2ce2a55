"""The process dies at a call: a copy of it does, and what it leaves is taken up by another process and looked at."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chalicelib.decisions import decide
from chalicelib.errors import Busy, CountermeasureError
from chalicelib.ledger import HOLD_SECONDS
from chalicelib.upkeep import tend
from lab.crashing import Call, gated, is_write
from lab.organization import Lab
from torture.copies import CopyFailed, in_a_copy
from torture.lives import Ending, Wrong, gone_through
from torture.subjects import Named
from torture.world import World, world

PUBLISH = "sns:Publish"


@dataclass(frozen=True, slots=True)
class Moment:
    """Between two calls of an act: what was called before, and the call that is next ("" after the last)."""

    act: str
    made: tuple[str, ...]
    following: str
    halfway: bool = False  # some of the call that is next was carried out

    @property
    def after_a_write(self) -> bool:
        """Whether the world differs from that of the moment before: the call between them may have changed it."""
        return self.halfway or not self.made or is_write(self.made[-1])

    @property
    def without_receipt(self) -> bool:
        """Whether SNS has taken a message and the ledger does not have its receipt: nobody can look whether it did."""
        published = [number for number, name in enumerate(self.made) if name == PUBLISH]
        return bool(published) and not any(map(_receives, self.made[published[-1] :]))

    def __str__(self) -> str:
        last = self.made[-1] if self.made else "nothing"
        where = "halfway in" if self.halfway else "before"
        return f"{self.act}, {len(self.made)} calls made, after {last}, {where} {self.following or 'its end'}"


@dataclass(frozen=True, slots=True)
class Death:
    """One death: when, who took it up, what is wrong in the end, and how many notices SNS was told twice."""

    moment: Moment
    taken_up: str
    wrong: tuple[Wrong, ...]
    doubled: int = 0

    def __str__(self) -> str:
        return f"{self.moment}; by {self.taken_up}: {'; '.join(each.what for each in self.wrong)}"


def undisturbed(lab: Lab, named: Named) -> Ending:
    """Go through every act of a subject in one life; afterwards every client exists, so that copies share them."""
    with world(lab, named) as here:
        return gone_through(here, here.acts)


def deaths(lab: Lab, named: Named, right: Ending, chosen: Callable[[Moment], bool], seed: int) -> list[Death]:
    """Go through the acts again; at each chosen moment a copy dies, and is taken up."""
    found: list[Death] = []
    with world(lab, named) as here:
        for act in here.acts:
            gate = _Gate(here, act, right, chosen, seed, found)
            with gated(gate):
                here.perform(act)
                gate.die("")
            here.clock.shift(60)
    return found


class _Gate:
    """Lets every call pass; at a chosen moment a copy of the process goes no further."""

    def __init__(self, here: World, act: str, right: Ending, chosen: Any, seed: int, found: list[Death]) -> None:
        self.here, self.act, self.right, self.chosen, self.seed, self.found = here, act, right, chosen, seed, found
        self.made: list[str] = []
        self.alive = os.getpid()

    def __call__(self, call: Call) -> Any:
        self.die(call.name)
        if call.make_part:
            self.die(call.name, call.make_part)
        answer = call.make()
        self.made.append(call.name)
        return answer

    def die(self, following: str, halfway: Callable[[random.Random], Any] | None = None) -> None:
        moment = Moment(self.act, tuple(self.made), following, halfway=halfway is not None)
        if os.getpid() != self.alive or not self.chosen(moment):
            return
        luck = random.Random(f"{self.seed} {self.here.named} {moment}")

        def dead() -> Death:
            if halfway:
                halfway(luck)
            return _taken_up(self.here, moment, self.right, luck)

        try:
            self.found.append(in_a_copy(dead))
        except CopyFailed as error:
            self.found.append(Death(moment, "nobody", (Wrong("converges", str(error)),)))


def _taken_up(here: World, moment: Moment, right: Ending, luck: random.Random) -> Death:
    """Take up what a dead process left, go through what follows, and say what differs from an undisturbed life."""
    how = _again(here, moment.act, luck)
    ended = gone_through(here, here.acts[here.acts.index(moment.act) :], begun=True)
    wrong = [*ended.wrong]
    for act, came in ended.outcomes.items():
        if came != right.outcomes[act]:
            wrong.append(Wrong("converges", f"{act} came to {came}, not {right.outcomes[act]}"))
    doubled = sum(times - 1 for times in ended.sns.values())
    wrong += [Wrong("tells", text) for text in _mistold(ended, right, excused=moment.without_receipt, doubled=doubled)]
    return Death(moment, how, tuple(wrong), doubled)


def _mistold(ended: Ending, right: Ending, *, excused: bool, doubled: int) -> Iterator[str]:
    """Yield what was told too often, or not at all; SNS is excused one notice of whose receipt nobody heard."""
    if doubled > excused:
        yield f"SNS was told {doubled} notices twice, with a receipt of each"
    yield from (f"Slack was told {id_} {times} times" for id_, times in ended.slack.items() if times > 1)
    for name, told, owed in (("SNS", ended.sns, right.sns), ("Slack", ended.slack, right.slack)):
        if len(told) != len(owed):
            yield f"{name} was told {len(told)} notices, not {len(owed)}"


def _receives(call: str) -> bool:
    """Tell whether a call may have kept a receipt."""
    return call.startswith("dynamodb:") and is_write(call)


def _again(here: World, act: str, luck: random.Random) -> str:
    """Have another process take up an act, once the hold of the dead one has lapsed; return who did."""
    if luck.random() < 0.25:  # somebody is too early: refused, or nothing is left to do
        here.clock.shift(luck.randrange(HOLD_SECONDS))
        with suppress(Busy, CountermeasureError):
            here.perform(act)
    here.clock.shift(HOLD_SECONDS + 1)
    how = "the delivery" if act == "answer" else luck.choice(("the delivery", "the schedule", "another decision"))
    if how == "the schedule":
        tend(here.engine())
    if how == "another decision":
        with suppress(CountermeasureError):  # nothing waits any more: it was done, or the schedule does it
            decide(here.engine(), here.decision(act))
        tend(here.engine())
    if how == "the delivery" or not _decided(here, act):
        here.perform(act)
    return how


def _decided(here: World, act: str) -> bool:
    """Tell whether the ledger has the decision: if not, nobody but who made it knows of it."""
    return any(each.action == act for each in here.stored().decisions)
