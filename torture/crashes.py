"""The process dies before and after every call, answering, being approved, and undoing: what is owed still comes true.

`python -m torture.crashes SUBJECT [SEED]` tries one subject alone, as a broken case names it.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum, auto
from multiprocessing import get_context

from chalicelib.model import Mode
from lab.organization import embedded
from torture.dying import Death, Moment, deaths, undisturbed
from torture.lives import Ending, Wrong
from torture.part import Limits, Part, Promise
from torture.report import shown
from torture.subjects import Named, alone, composed

PROMISES = (
    ("converges", "Whoever takes up what a dead process left comes to what an undisturbed one comes to."),
    ("restores", "An undo gives back exactly what was there first, wherever a process died."),
    ("tells", "Every notice is told: once, but where SNS took it and died with us before we heard."),
    ("settles", "Nothing is left to do, and messages show the incident as it is."),
)


class Turn(Enum):
    """Which moments of each subject are tried, before the next are of any."""

    SOME = auto()
    """One in APART of those that follow a write."""

    WRITES = auto()
    """The others that follow a write."""

    OTHERS = auto()


APART = 8


@dataclass(frozen=True, slots=True)
class Task:
    """A subject to try in a turn, until a time (seconds of `time.monotonic`); from the second on, what is `right`."""

    named: Named
    seed: int
    until: float
    turn: Turn = Turn.SOME
    right: Ending | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried of a subject: all the moments between its calls, those that follow a write, and the deaths."""

    named: Named
    right: Ending | None = None  # none where there was no time
    moments: int = 0
    worlds: int = 0
    deaths: tuple[Death, ...] = ()


def run(limits: Limits) -> Part:
    """Try some moments of every subject; then, as long as there is time, all that follow a write, and all."""
    until = time.monotonic() + limits.seconds
    named = _subjects()
    random.Random(limits.seed).shuffle(named)
    with ProcessPoolExecutor(limits.workers, get_context("spawn")) as pool:
        return told(_turns([Task(each, limits.seed, until) for each in named], pool.map), limits.seed)


def tried(task: Task) -> Tried:
    """Try one subject in this process."""
    if time.monotonic() >= task.until:
        return Tried(task.named)
    moments: list[Moment] = []
    first = random.Random(f"{task.seed} {task.named}").randrange(APART)

    def chosen(moment: Moment) -> bool:
        moments.append(moment)
        return turn_of(moments, first) is task.turn and time.monotonic() < task.until

    with embedded() as lab:
        right = task.right or undisturbed(lab, task.named)
        found = deaths(lab, task.named, right, chosen, task.seed)
    return Tried(task.named, right, len(moments), sum(each.after_a_write for each in moments), tuple(found))


def turn_of(moments: Sequence[Moment], first: int) -> Turn:
    """Return the turn of the last of a subject's moments; `first` is how many that follow a write come before one."""
    if not moments[-1].after_a_write:
        return Turn.OTHERS
    before = sum(each.after_a_write for each in moments) - 1
    return Turn.SOME if before % APART == first else Turn.WRITES


def _turns(tasks: Sequence[Task], each: Callable[..., Iterable[Tried]]) -> dict[Turn, list[Tried]]:
    """Try subjects turn by turn; `each` tries every one of a turn."""
    some = list(each(tried, tasks))
    known = [replace(task, right=one.right) for task, one in zip(tasks, some, strict=True) if one.right]
    later = {
        turn: list(each(tried, [replace(task, turn=turn) for task in known])) for turn in (Turn.WRITES, Turn.OTHERS)
    }
    return {Turn.SOME: some, **later}


def told(turns: Mapping[Turn, Sequence[Tried]], seed: int) -> Part:
    """Return what was tried, and what held."""
    known = [each for each in turns[Turn.SOME] if each.right]
    died = [(each.named, death) for tried in turns.values() for each in tried for death in each.deaths]
    worlds, rest = sum(each.worlds for each in known), sum(each.moments - each.worlds for each in known)
    by = Counter(death.taken_up for _, death in died)
    figures = [
        ("Remediations, in every shape", f"{sum(not each.named.event for each in known)}"),
        ("Composed responses, enforced and approved", f"{sum(bool(each.named.event) for each in known)}"),
        ("Subjects for which there was no time", f"{len(turns[Turn.SOME]) - len(known)}"),
        (
            "Deaths right after a write, of all such moments",
            f"{_count(turns[Turn.SOME]) + _count(turns[Turn.WRITES]):,} of {worlds:,}",
        ),
        ("Deaths at the other moments, of all", f"{_count(turns[Turn.OTHERS]):,} of {rest:,}"),
        *((f"Taken up by {who}", f"{by[who]:,}") for who in sorted(by)),
        ("Notices told twice by SNS, whose answer nobody heard", f"{sum(death.doubled for _, death in died):,}"),
    ]
    undisturbed = [(str(each.named), wrong) for each in known if each.right for wrong in each.right.wrong]
    wrong = [*undisturbed, *((f"{named}", wrong) for named, death in died for wrong in death.wrong)]
    promises = [
        _promise(what, [each for _, each in wrong if each.promise == name], len(died)) for name, what in PROMISES
    ]
    broken = [f"{named}, undisturbed: {wrong.what}" for named, wrong in undisturbed]
    broken += [f"'{named}' {seed}: {death}" for named, death in died if death.wrong]
    return Part("Crashes at every call", figures, promises, broken)


def _count(tried: Sequence[Tried]) -> int:
    return sum(len(each.deaths) for each in tried)


def _promise(what: str, wrong: Sequence[Wrong], died: int) -> Promise:
    return Promise(what, died > 0 and not wrong, f"{len(wrong)} wrong in {died:,} deaths")


def main() -> int:
    """Try one subject alone, and print every death that ended wrong."""
    named = {str(each): each for each in _subjects()}[sys.argv[1]]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    until = time.monotonic() + 600
    part = told(_turns([Task(named, seed, until)], map), seed)
    print(shown(part))
    return 1 if part.broken else 0


def _subjects() -> list[Named]:
    return [*alone(), *composed(Mode.ENFORCE), *composed(Mode.APPROVE)]


if __name__ == "__main__":
    sys.exit(main())
