"""The process dies before and after every call, answering, being approved, and undoing: what is owed still comes true.

`python -m torture.crashes SUBJECT [SEED]` tries one subject alone, as a broken case names it.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Task:
    """A subject to try until a time (seconds of `time.monotonic`): what follows writes; the rest, once it is known
    what is `right`.
    """

    named: Named
    seed: int
    until: float
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
    """Try every moment that follows a write, of every subject; then as many of the others as there is time for."""
    until = time.monotonic() + limits.seconds
    named = _subjects()
    random.Random(limits.seed).shuffle(named)
    with ProcessPoolExecutor(limits.workers, get_context("spawn")) as pool:
        first = list(pool.map(tried, [Task(each, limits.seed, until) for each in named]))
        others = [Task(each.named, limits.seed, until, each.right) for each in first if each.right]
        second = list(pool.map(tried, others))
    return told(first, second, limits.seed)


def tried(task: Task) -> Tried:
    """Try one subject in this process."""
    moments: list[Moment] = []

    def chosen(moment: Moment) -> bool:
        moments.append(moment)
        return moment.after_a_write is (task.right is None) and time.monotonic() < task.until

    if time.monotonic() >= task.until:
        return Tried(task.named)
    with embedded() as lab:
        right = task.right or undisturbed(lab, task.named)
        found = deaths(lab, task.named, right, chosen, task.seed)
    return Tried(task.named, right, len(moments), sum(each.after_a_write for each in moments), tuple(found))


def told(first: Sequence[Tried], second: Sequence[Tried], seed: int) -> Part:
    """Return what was tried, and what held."""
    known = [each for each in first if each.right]
    died = [(each.named, death) for each in (*first, *second) for death in each.deaths]
    worlds, rest = sum(each.worlds for each in known), sum(each.moments - each.worlds for each in known)
    by = Counter(death.taken_up for _, death in died)
    figures = [
        ("Remediations, in every shape", f"{sum(not each.named.event for each in known)}"),
        ("Composed responses, enforced and approved", f"{sum(bool(each.named.event) for each in known)}"),
        ("Subjects for which there was no time", f"{len(first) - len(known)}"),
        ("Deaths right after a write, of all such moments", f"{_count(first):,} of {worlds:,}"),
        ("Deaths at the other moments, of all", f"{_count(second):,} of {rest:,}"),
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
    first = tried(Task(named, seed, until))
    second = tried(Task(named, seed, until, first.right))
    part = told([first], [second], seed)
    print(shown(part))
    return 1 if part.broken else 0


def _subjects() -> list[Named]:
    return [*alone(), *composed(Mode.ENFORCE), *composed(Mode.APPROVE)]


if __name__ == "__main__":
    sys.exit(main())
