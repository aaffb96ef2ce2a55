"""Try hostile inputs on one reader, guided by the lines that they reach; each can be built again from its name."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import CodeType, FrameType
from typing import Any, NoReturn, TypeAlias

from torture.hostile_values import size

ROOT = Path(__file__).parents[1]
LONGEST = 30
"""Seconds after which one input is taken to have no end."""

_MOST_STEPS = 6
_LARGE = 4_096

Line: TypeAlias = tuple[str, int]


class Broken(AssertionError):
    """A promise that an input broke; says which."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is tried. `attempt` tells whether the input was taken; a refusal that is promised is no error.

    `seeds` make inputs by name, `change` changes one (it may change it in place), `watched` are the files, by the
    beginning of their path, whose lines guide the search.
    """

    name: str
    seeds: Mapping[str, Callable[[], Any]]
    change: Callable[[Any, Random], Any]
    attempt: Callable[[Any], bool]
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One input: which seed it was made of, and the seeds of the changes that were made to it, in order."""

    seed: str
    steps: tuple[int, ...] = ()

    def named(self, target: str) -> str:
        """Return what `python -m torture.hostile` takes to try it again alone."""
        return f"{target}|{self.seed}|{','.join(f'{step:x}' for step in self.steps)}"


@dataclass(slots=True)
class Tally:
    """What became of the inputs of one target; `slowest` is in seconds per KB, of those that are some KB long."""

    target: str
    tried: int = 0
    taken: int = 0
    failed: int = 0
    slowest: float = 0.0
    broken: dict[str, str] = field(default_factory=dict)
    lines: set[Line] = field(default_factory=set)

    @property
    def refused(self) -> int:
        return self.tried - self.taken - self.failed


def built(target: Target, case: Case) -> Any:
    """Return the input of a case, the same each time."""
    value = target.seeds[case.seed]()
    for step in case.steps:
        value = target.change(value, Random(step))
    return value


def explored(target: Target, seed: int, seconds: float, most: int = sys.maxsize) -> Tally:
    """Try inputs until the time is over or `most` were tried: new ones, and those that reached new lines again."""
    rng, tally, until = Random(f"{target.name} {seed}"), Tally(target.name), time.monotonic() + seconds
    kinds, kept = _kinds(target.seeds), [Case(name) for name in sorted(target.seeds)]
    while tally.tried < most and time.monotonic() < until:
        if tally.tried % 3 == 0:
            parent, more = Case(rng.choice(kinds[rng.choice(list(kinds))])), rng.choice((0, 1, 1, 2, 3))
        else:
            parent, more = kept[-1 - int(rng.random() ** 2 * len(kept))], 1
        case = Case(parent.seed, (*parent.steps, *(rng.getrandbits(48) for _ in range(more)))[-_MOST_STEPS:])
        before = len(tally.lines)
        attempt(target, case, tally, watch=bool(target.watched) and tally.tried % 2 == 0)
        if len(tally.lines) > before and len(case.steps) < _MOST_STEPS:
            kept.append(case)
    return tally


def _kinds(seeds: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of seeds by what they are of: some kinds of events are told of far more often than others."""
    kinds: dict[str, list[str]] = {}
    for name in sorted(seeds):
        kinds.setdefault(re.split(r"[/.]", f"{name}/{name}")[1], []).append(name)
    return kinds


def attempt(target: Target, case: Case, tally: Tally, *, watch: bool = False) -> None:
    """Try one case and note what became of it; time is only taken of what is not watched."""
    value = built(target, case)
    tally.tried += 1
    characters = len(value) if isinstance(value, str | bytes) else size(value)
    began = time.perf_counter()
    try:
        with _watching(target.watched if watch else (), tally.lines), _bounded():
            tally.taken += target.attempt(value)
    except Exception as error:  # noqa: BLE001 - whatever comes out of a reader is what is looked for
        tally.failed += 1
        tally.broken.setdefault(_kind(error), f"{case.named(target.name)}  {_kind(error)}: {str(error)[:160]!r}")
    if not watch and characters >= _LARGE:
        tally.slowest = max(tally.slowest, (time.perf_counter() - began) / (characters / 1024))


def _kind(error: Exception) -> str:
    """Return the error's name and the last line of the product that it came through: one line for one bug."""
    place, trace = "", error.__traceback__
    while trace:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(str(ROOT)) and "torture" not in name and ".venv" not in name:
            place = f" in {Path(name).relative_to(ROOT)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__ + (f" {str(error)[:60]!r}" if isinstance(error, Broken) else place)


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: object) -> NoReturn:
        raise Broken(f"it takes longer than {LONGEST} seconds")

    was = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, was)


@contextmanager
def _watching(watched: tuple[str, ...], lines: set[Line]) -> Iterator[None]:
    """Note each line that is reached in the watched files."""
    if not watched:
        yield
        return
    starts = tuple(str(ROOT / each) for each in watched)

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(starts) else None

    was = sys.gettrace()
    sys.settrace(call)
    try:
        yield
    finally:
        sys.settrace(was)


def reachable(watched: Sequence[str]) -> set[Line]:
    """Return every line within the functions of the watched files."""
    found: set[Line] = set()
    for start in watched:
        at = ROOT / start
        for file in sorted(at.rglob("*.py")) if at.is_dir() else [at]:
            pending = [(compile(file.read_text(encoding="utf-8"), str(file), "exec"), False)]
            while pending:
                code, within = pending.pop()
                pending += [(each, bool(each.co_flags & 2)) for each in code.co_consts if isinstance(each, CodeType)]
                firsts = {code.co_firstlineno, None}
                found |= {(str(file), at_) for _, _, at_ in code.co_lines() if within and at_ and at_ not in firsts}
    return found
