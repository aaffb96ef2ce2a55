"""What an event costs as rules and ledger grow: in processor time, and in calls to the ledger and their bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from random import Random
from statistics import median
from typing import Any

from chalicelib.catalogue import load
from chalicelib.engine import Engine
from chalicelib.organization import Budgets
from torture import dynamodb
from torture.members import Line
from torture.more_rules import copied
from torture.storm_engine import START, TABLE, engines
from torture.storm_events import ACCOUNTS, Target, noise, varied

LEDGERS = {1: "countermeasure-small", 100: "countermeasure-large"}
"""The tables of a ledger as it is, and of one so many times as large."""

PLENTY = Budgets(rule=10**6, account=10**6, total=10**6)
SILENT = 1500
"""So many events that fire nothing are measured on each."""

LEAST, ALIKE = 8, 26
"""So many events that fire a rule are measured on each, the first two left out."""


@dataclass(slots=True)
class Ledger:
    """What is asked of the ledger: calls, and the bytes of them and their answers."""

    calls: int = 0
    sent: int = 0


@dataclass(slots=True)
class Cost:
    """What events took: microseconds of the processor, seconds of wall, and for each its calls and bytes."""

    silent: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    ledger: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Growth:
    """The costs with 1, 10 and 100 times as many rules, and with a ledger as it is and 100 times as large."""

    rules: Mapping[int, Cost]
    ledgers: Mapping[int, Cost]
    items: int


class Hours:
    """A clock on which each event has an hour of its own: budgets and storms begin anew for each."""

    def __init__(self) -> None:
        self.now = START + timedelta(days=1)

    def __call__(self) -> datetime:
        return self.now

    def next(self) -> None:
        self.now += timedelta(hours=1)


def grown(connection: Connection, endpoint: str, seed: int, many: Sequence[int], items: int, ends: float) -> Growth:
    """Measure until about `ends`, with so `many` times the rules; the small ledger has so many `items`."""
    begins = time.time()
    hours, random, line = Hours(), Random(seed), Line(connection)
    catalogue = load()
    larger = {times: copied(catalogue, times) for times in many}
    with engines(connection, endpoint, hours) as made:
        numbers = iter(range(10**6, 10**7))
        targets = (Target("group", ACCOUNTS[0], line.ask("make", "group", ACCOUNTS[0], n)) for n in numbers)
        answering = {times: made(each, PLENTY) for times, each in larger.items()}
        other = varied(noise(catalogue, random, 300), random)
        measure = _Measure(hours, other, targets)
        rules = measure.turns(answering, begins + 0.5 * (ends - begins))
        filled = _fill(answering[1].ledger.table.client, endpoint, items)
        sizes = {times: made(catalogue, PLENTY, table=table) for times, table in LEDGERS.items()}
        return Growth(rules, measure.turns(sizes, ends), filled)


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is measured with: a clock, events that fire nothing, and resources that others tell of."""

    hours: Hours
    other: Iterator[tuple[str, Any]]
    targets: Iterator[Target]

    def turns(self, answering: Mapping[int, Engine], ends: float) -> dict[int, Cost]:
        """Have the engines take turns, so that what else the machine does weighs on all alike."""
        costs = {times: Cost() for times in answering}
        for number in range(SILENT):
            _, event = next(self.other)
            for times, engine in answering.items():
                took, _ = _timed(engine, event)
                if number >= SILENT // 20:
                    costs[times].silent.append(took)
            if number > SILENT // 4 and time.time() > ends:
                break
        for number in range(ALIKE):
            for times, engine in answering.items():
                self._answered(engine, costs[times], kept=number >= 2)
            if number > LEAST and time.time() > ends:
                break
        return costs

    def _answered(self, engine: Engine, cost: Cost, *, kept: bool) -> None:
        self.hours.next()
        event = json.loads(next(self.targets).event(int(self.hours.now.timestamp())))
        with _counted(engine) as ledger:
            took, wall = _timed(engine, event)
        if kept:
            cost.answered.append(took)
            cost.wall.append(wall)
            cost.ledger.append((ledger.calls, ledger.sent))


def _timed(engine: Engine, event: Mapping[str, Any]) -> tuple[float, float]:
    at, began = time.process_time_ns(), time.perf_counter()
    engine.handle(event)
    return (time.process_time_ns() - at) / 1000, time.perf_counter() - began


@contextmanager
def _counted(engine: Engine) -> Iterator[Ledger]:
    """Count what is asked of the ledger."""
    ledger, client = Ledger(), engine.ledger.table.client

    def asked(request: Any, **_: Any) -> None:
        ledger.calls += 1
        ledger.sent += len(request.body or b"")

    def answered(response: Any, **_: Any) -> None:
        ledger.sent += len(response["body"])

    hooks: Sequence[tuple[str, Callable[..., None]]] = (("before-send", asked), ("before-parse", answered))
    for name, hook in hooks:
        client.meta.events.register_first(f"{name}.dynamodb", _told(name, hook), unique_id=f"growth-{name}")
    try:
        yield ledger
    finally:
        for name, _ in hooks:
            client.meta.events.unregister(f"{name}.dynamodb", unique_id=f"growth-{name}")


def _told(name: str, hook: Callable[..., None]) -> Callable[..., None]:
    def told(**said: Any) -> None:
        hook(said["request"] if name == "before-send" else said["response_dict"])

    return told


def _fill(client: Any, endpoint: str, items: int) -> int:
    """Fill the ledgers with copies of what the storm left, each of another incident; return how many the large has."""
    found = client.scan(TableName=TABLE, Limit=items)["Items"]
    for times, table in LEDGERS.items():
        dynamodb.made(endpoint, table)
        for copy in range(times):
            dynamodb.fill(client, table, [{**item, "pk": {"S": f"{item['pk']['S']}/{copy:02}"}} for item in found])
    return len(found) * max(LEDGERS)


def ratio(costs: Mapping[int, Cost], what: str) -> float:
    """Return how many times as long the largest takes as the smallest, by the median."""
    return float(median(getattr(costs[max(costs)], what)) / median(getattr(costs[min(costs)], what)))
