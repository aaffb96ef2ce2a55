"""Hostile input, to everything that reads what others write; guided by the lines that it reaches.

`python -m torture.hostile 'TARGET|SEED|STEPS'` tries one broken case again, alone.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random
from typing import Any

from torture.hostile_answers import answers
from torture.hostile_files import intake_, toml
from torture.hostile_growth import BOUND, Grown, grown, shapes
from torture.hostile_loop import Case, Line, Tally, Target, built, explored, reachable
from torture.hostile_reading import events, patterns
from torture.hostile_slack import decide, slack
from torture.hostile_world import World, world
from torture.part import Limits, Part, Promise

PURE: Mapping[str, Callable[[], Target]] = {"events": events, "patterns": patterns, "toml": toml, "intake": intake_}
DEPLOYED: Mapping[str, Callable[[World], Target]] = {"slack": slack, "decide": decide, "answers": answers}
SHARES = {
    "events": 0.15, "patterns": 0.06, "toml": 0.03, "intake": 0.06, "growth": 0.12, "slack": 0.05, "decide": 0.03,
}  # fmt: skip
"""How much of the time each target has; the rest is that of `answers`."""

PROMISES = {
    "events": "Any event becomes findings that can be acted on and kept, or a refusal of one line.",
    "patterns": "Any pattern is compiled, or refused in one line; matching raises nothing, and the index agrees.",
    "toml": "Any organization.toml is read, or refused in one line that quotes no secret.",
    "intake": "Any file is events, or problems of one line each.",
    "slack": "Nothing is done that Slack did not sign; every request is answered 200, 400 or 401.",
    "decide": "A decision of somebody who is no approver changes nothing, however it is made up; it is answered.",
    "answers": "What an answer says of a resource is so, at each delivery; every notice fits into SNS and Slack.",
    "growth": f"Twice the size takes at most {BOUND} times as long.",
    "secrets": "No secret, of an event or of Slack's, is in a log, in the ledger, in SNS or in Slack.",
}
_AREAS = ("chalicelib/findings/", "chalicelib/pattern/", "chalicelib/slackapp/")
_SHOWS = "shows "


@dataclass(slots=True)
class Tried:
    """What one worker tried."""

    tallies: list[Tally] = field(default_factory=list)
    growths: list[Grown] = field(default_factory=list)


def run(limits: Limits) -> Part:
    """Try hostile input on every target, on all workers at once, until the time is over."""
    ends = time.time() + 0.88 * limits.seconds
    with ProcessPoolExecutor(limits.workers, get_context("spawn")) as pool:
        work = functools.partial(worked, limits.seed, limits.workers, ends)
        tried = list(pool.map(work, range(limits.workers)))
    tallies = _together(tally for each in tried for tally in each.tallies)
    growths = [found for each in tried for found in each.growths]
    return Part("Hostile input", _figures(tallies, growths), _promises(tallies, growths), _broken(tallies, growths))


def worked(seed: int, workers: int, ends: float, worker: int) -> Tried:
    """Do one worker's part: each target for its share of the time that is left, then each kind of growth in turn."""
    tried = Tried()
    whole, own = max(ends - time.time(), 0.0), seed * 1_000 + worker
    for name, target in PURE.items():
        tried.tallies.append(explored(target(), own, whole * SHARES[name]))
    names = sorted(shapes())
    Random(seed).shuffle(names)
    until = time.time() + whole * SHARES["growth"]
    tried.growths += [grown(name) for name in names[worker::workers] if time.time() < until]
    with world() as around:
        for name, deployed in DEPLOYED.items():
            left = max(ends - time.time(), 0.0) if name == "answers" else whole * SHARES[name]
            tried.tallies.append(explored(deployed(around), own, left))
    return tried


@contextmanager
def _opened(name: str) -> Any:
    if name in PURE:
        yield PURE[name]()
    else:
        with world() as around:
            yield DEPLOYED[name](around)


def again(named: str) -> bool:
    """Try one case alone, by its name; return whether it was taken. What it raises comes through."""
    name, seed, steps = named.split("|")
    with _opened(name) as target:
        return bool(target.attempt(built(target, Case(seed, tuple(int(s, 16) for s in steps.split(",") if s)))))


def _together(tallies: Iterable[Tally]) -> dict[str, Tally]:
    """Return one tally for each target."""
    found: dict[str, Tally] = {}
    for each in tallies:
        one = found.setdefault(each.target, Tally(each.target))
        one.tried, one.taken, one.failed = one.tried + each.tried, one.taken + each.taken, one.failed + each.failed
        one.slowest = max(one.slowest, each.slowest)
        one.broken = {**each.broken, **one.broken}
        one.lines |= each.lines
    return found


def _figures(tallies: Mapping[str, Tally], growths: Iterable[Grown]) -> list[tuple[str, str]]:
    figures = [
        (f"{name}: tried (taken, refused)", f"{each.tried:,} ({each.taken:,}, {each.refused:,})")
        for name, each in tallies.items()
    ]
    lines: set[Line] = set().union(*(each.lines for each in tallies.values()))
    for area in _AREAS:
        all_ = reachable((area,))
        figures.append((f"Lines of {area.rstrip('/')} reached", f"{len(all_ & lines):,} of {len(all_):,}"))
    slowest = {name: tallies[name].slowest * 1000 for name in ("events", "patterns", "intake")}
    figures += [(f"{name}: longest time per KB", f"{found:.1f} ms") for name, found in slowest.items()]
    told = list(growths)
    worst = max(told, key=lambda each: each.ratio, default=None)
    figures.append(("Kinds of input that were doubled", f"{len(told)} of {len(shapes())}"))
    if worst:
        figures.append(("Most that twice the size took", f"{worst.ratio:.1f} times ({worst.name})"))
    figures.append(("Different crashes and broken promises", str(sum(len(each.broken) for each in tallies.values()))))
    return figures


def _promises(tallies: Mapping[str, Tally], growths: Iterable[Grown]) -> list[Promise]:
    told = []
    for name, each in tallies.items():
        broken = [kind for kind in each.broken if _SHOWS not in kind]
        told.append(Promise(PROMISES[name], bool(each.tried) and not broken, _seen(each, broken)))
    grew = list(growths)
    too_fast = [each for each in grew if each.ratio > BOUND]
    told.append(
        Promise(PROMISES["growth"], bool(grew) and not too_fast, f"{len(grew)} kinds, {len(too_fast)} did not.")
    )
    shown = [kind for each in tallies.values() for kind in each.broken if _SHOWS in kind]
    looked = sum(tallies[name].tried for name in ("slack", "answers"))
    return [*told, Promise(PROMISES["secrets"], bool(looked) and not shown, f"Looked for after {looked:,} inputs.")]


def _seen(tally: Tally, broken: list[str]) -> str:
    return f"{tally.tried:,} inputs" + (f", {len(broken)} different ways to break it." if broken else ".")


def _broken(tallies: Mapping[str, Tally], growths: Iterable[Grown]) -> list[str]:
    lines = [line for each in tallies.values() for line in each.broken.values()]
    return lines + [f"growth|{each.name}  {each.ratio:.1f} times" for each in growths if each.ratio > BOUND]


if __name__ == "__main__":
    sys.stdout.write(f"{'taken' if again(sys.argv[1]) else 'refused'}\n")
