"""One process of engines in a storm: as many as there are sources, as deployed, and what each event took."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, cast

from chalicelib import wiring
from chalicelib.accounts import Clients
from chalicelib.catalogue import Catalogue, load
from chalicelib.engine import Engine
from chalicelib.errors import Busy
from chalicelib.organization import Budgets, Organization
from chalicelib.patterns import SOURCES
from lab.channels import targets
from lab.slack import Slack
from torture import dynamodb
from torture.members import Line, connected
from torture.storm_events import ACCOUNTS, KINDS, Target, noise, varied

START = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
TABLE = "countermeasure"
BUDGETS = Budgets(rule=60, account=60, total=150)


@dataclass(slots=True)
class Clock:
    """The time of a storm: it begins at START, and is moved on by hand."""

    began: float = field(default_factory=time.monotonic)
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return START + timedelta(seconds=time.monotonic() - self.began) + self.ahead


@dataclass(frozen=True, slots=True)
class Share:
    """One process's part: its targets, each with the number of its event, how many events there are, and how long."""

    seed: int
    events: int
    targets: tuple[tuple[int, Target], ...]
    seconds: float


@dataclass(slots=True)
class Shared:
    """What became of a share. Times are of the processor in microseconds, but `wall` (seconds)."""

    silent: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    incidents: dict[int, str] = field(default_factory=dict)
    early: float = 0.0
    late: float = 0.0
    peak: float = 0.0
    processor: float = 0.0
    again: int = 0
    failed: list[str] = field(default_factory=list)


@contextmanager
def engines(connection: Connection, endpoint: str, clock: Callable[[], datetime]) -> Iterator[Callable[..., Engine]]:
    """Give what makes an engine of a catalogue, with AWS and Slack in other processes."""
    line = Line(connection)
    with connected(line) as hub:
        ledger, clients, ours = dynamodb.reached(endpoint), Clients(), line.organization()

        def reach(service: str) -> Any:
            return ledger if service == "dynamodb" else hub(service)

        def made(catalogue: Catalogue, budgets: Budgets = BUDGETS, table: str = TABLE) -> Engine:
            organization: Organization = replace(ours, budgets=budgets)
            around = wiring.Surroundings(reach, clock, lambda _: None, wiring.new_token, clients)
            told = targets(reach, ours.channels.topic, cast("Slack", line))
            return wiring.engine(
                catalogue, organization, around, table=table, targets=told, external_id="countermeasure-lab"
            )

        yield made


def weathered(connection: Connection, endpoint: str, share: Share) -> Shared:
    """Answer a share of the storm."""
    clock, random = Clock(), Random(share.seed)
    with engines(connection, endpoint, clock) as made:
        by = {source: made(load(sources=(source,))) for source in SOURCES}
        found = Shared()
        other = varied(noise(load(), random, 1500), random)
        when = _moments(share, random)
        began, start = time.process_time(), time.monotonic()
        for number in range(share.events):
            for order, target in when.get(number, ()):
                _answer(by[target.source], target, order, found)
            source, event = next(other)
            at = time.process_time_ns()
            by[source].handle(event)
            found.silent.append((time.process_time_ns() - at) / 1000)
            if number % 256 == 0:
                took = time.monotonic() - start
                if not found.early and (number > share.events // 10 or took > share.seconds / 10):
                    found.early = memory()
                if took > share.seconds:
                    break
        found.processor = time.process_time() - began
        found.late = memory()
        found.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        return found


def memory() -> float:
    """Return how much memory this process has now, in megabytes (its peak, where the system does not say)."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _moments(share: Share, random: Random) -> dict[int, list[tuple[int, Target]]]:
    """Return before which other events the targets' events come: each at a random moment, a third of them again.

    The first ones come first: the clients of every service are made before memory is looked at.
    """
    when: dict[int, list[tuple[int, Target]]] = {0: list(share.targets[: len(KINDS) * len(ACCOUNTS)])}
    for order, target in share.targets:
        for _ in range(1 + (random.random() < 1 / 3)):
            when.setdefault(random.randrange(share.events), []).append((order, target))
    return when


def _answer(engine: Engine, target: Target, order: int, found: Shared) -> None:
    event = json.loads(target.event(order))
    at, began = time.process_time_ns(), time.perf_counter()
    for _ in range(20):
        try:
            incidents = engine.handle(event)
            break
        except Busy:
            found.again += 1
        except Exception as error:  # noqa: BLE001 - it is told with the others
            found.failed.append(f"{target}: {type(error).__name__}: {error}"[:300])
            return
    else:
        found.failed.append(f"{target}: still busy")
        return
    found.answered.append((time.process_time_ns() - at) / 1000)
    found.wall.append(time.perf_counter() - began)
    found.incidents[order] = incidents[0].id if incidents else ""
