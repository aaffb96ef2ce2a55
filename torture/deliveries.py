"""Deliveries at once: duplicates, updates, other routes, other findings on one resource, clicks and budgets.

Each story is run in the turns of many seeds: every order of requests that a seed gives is one that AWS may give. Then
with threads as the machine runs them, on another maker's DynamoDB.
"""

from __future__ import annotations

import functools
import multiprocessing
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from itertools import count
from random import Random
from typing import Any

from chalicelib.catalogue import load
from lab.organization import embedded
from torture import dynamodb
from torture.hammer import hammered
from torture.part import Limits, Part, Promise
from torture.race_stories import STORIES
from torture.race_verdict import ANSWERED, BUDGET, DECIDED, PROMISES
from torture.races import Ran, ran

FREE = 0.25
"""How much of the time is for threads as the machine runs them."""

ABOUT: Mapping[str, Collection[str]] = {
    DECIDED: {"news_while_it_waits", "two_votes", "yes_and_no", "undone_twice"},
    BUDGET: {"over_budget"},
}
"""Promises that only some kinds of stories are about."""

START_SECONDS = 8.0
"""What making the processes and the emulator takes."""


def run(limits: Limits) -> Part:
    """Race until the time is over: every kind of story in turn, each with another seed."""
    end = time.time() + max(limits.seconds - START_SECONDS, 1.0)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(limits.workers, mp_context=context) as pool:
        lots = [pool.submit(_raced, limits.seed, number, limits.workers, end) for number in range(limits.workers)]
        return part([each for lot in lots for each in lot.result()])


def part(races: Sequence[Ran]) -> Part:
    """Return what these races say."""
    free = [each for each in races if each.kind.endswith("free")]
    figures = [
        ("Kinds of stories", f"{len(STORIES)}"),
        ("Races in the turns of a seed", f"{len(races) - len(free):,}"),
        ("Races of free threads, on ministack's DynamoDB", f"{len(free):,}"),
        ("Threads at once, most", f"{max((each.threads for each in races), default=0)}"),
        ("AWS requests in them", f"{sum(each.requests for each in races):,}"),
        ("Transactions that met another one in flight", f"{sum(each.conflicts for each in races):,}"),
        ("Deliveries that Lambda had to repeat", f"{sum(each.again for each in races):,}"),
    ]
    seen = Counter(promise for each in races for promise in {promise for promise, _ in each.broken})
    return Part("Deliveries at once", figures, [_promise(name, seen[name], races) for name in PROMISES], _lines(races))


def one(kind: str, seed: int) -> Ran:
    """Run one race in the turns of its seed: what a line of `broken` asks for."""
    with embedded() as lab:
        return ran(lab, load(), kind, seed)


def _promise(name: str, broken: int, races: Sequence[Ran]) -> Promise:
    """Return whether a promise held in the races that are about it: there must be some."""
    about = [each for each in races if each.kind.partition(",")[0] in ABOUT.get(name, STORIES)]
    repeated = f" {sum(each.again for each in races):,} were repeated." if name == ANSWERED else ""
    seen = f"{len(about) - broken:,} of {len(about):,} races.{repeated}"
    return Promise(name, bool(about) and broken == 0, seen)


def _lines(races: Iterable[Ran]) -> list[str]:
    return [
        f"torture.deliveries.one({each.kind!r}, {each.seed}): {promise} {seen}"
        for each in races
        for promise, seen in each.broken
    ]


def _raced(seed: int, number: int, workers: int, end: float) -> list[Ran]:
    """Race in this process: those whose turn it is, of all that the seed gives; the first process also freely."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(dynamodb.running()) if number == 0 else ""
        lab = stack.enter_context(embedded())
        catalogue = load()
        begin = time.time()
        turned = end - (end - begin) * FREE * workers if number == 0 else end
        races = _until(min(turned, end), seed, number, workers, functools.partial(ran, lab, catalogue))
        if endpoint:
            races += _until(end, seed + 1, 0, 1, functools.partial(hammered, lab, catalogue, endpoint))
        return races


def _until(end: float, seed: int, first: int, stride: int, play: Any) -> list[Ran]:
    """Play kind after kind, at least one, until the time is over."""
    kinds = list(STORIES)
    races: list[Ran] = []
    for number in count(first, stride):
        kind, own = kinds[number % len(kinds)], Random(f"{seed}/{number}").getrandbits(32)
        races.append(_played(play, kind, own))
        if time.time() >= end:
            break
    return races


def _played(play: Any, kind: str, seed: int) -> Ran:
    try:
        found: Ran = play(kind, seed)
    except Exception as error:  # noqa: BLE001 - a race that ends early is broken; the others still run
        return Ran(kind, seed, ((ANSWERED, f"it ended early: {type(error).__name__}: {error}"[:300]),))
    return found
