"""A storm: 100,000 events of which one in a hundred is to be answered, then the same cost with ever more of everything.

The engines run as deployed, one for each source, in a few processes; AWS, Slack and the ledger are in others, so that
what is measured is the engine's alone.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

from torture import dynamodb, members
from torture.members import Line
from torture.part import Limits, Part, Promise
from torture.storm_engine import TABLE, Share, Shared, weathered
from torture.storm_events import ACCOUNTS, KINDS, Target
from torture.storm_growth import Growth, grown, ratio
from torture.storm_verdict import BUDGET, GROUPED, LOST, Verdict, judged

EVENTS = 100_000
IN_A_HUNDRED = 1
REPEATED = 0.75
"""So many events that are to be answered have a resource of their own; the others are told again."""

WHOLE = 480
"""Seconds in which all of it is tried; with less time there are fewer events."""

STORM = 0.5
"""How much of the time the storm itself may take."""

MANY = (1, 10, 100)
"""How many times as many rules there are; with less than a third of the time, the last is left out."""

ITEMS = 80
"""So many items are in the small ledger."""

GROWS = 1.5
FLAT = 1.1


def run(limits: Limits) -> Part:
    """Weather the storm, judge what came of it, and measure what grows."""
    began = time.time()
    events = int(EVENTS * min(1.0, limits.seconds / WHOLE))
    with dynamodb.running() as endpoint, members.running(limits.workers) as lines:
        dynamodb.made(endpoint, TABLE)
        targets = _targets(Line(lines[0]), int(events * IN_A_HUNDRED / 100 * REPEATED))
        longest = limits.seconds * STORM
        shares = [
            Share(limits.seed + n, events // limits.workers, tuple(_every(targets, n, limits.workers)), longest)
            for n in range(limits.workers)
        ]
        answers = _apart(weathered, [(line, endpoint, share) for line, share in zip(lines, shares, strict=True)])
        incidents = {number: id_ for each in answers for number, id_ in each.incidents.items()}
        tried = {number: target for number, target in targets.items() if number in incidents}
        [verdict] = _apart(judged, [(lines[0], endpoint, tried, incidents)])
        ends = began + 0.95 * limits.seconds
        many = MANY if limits.seconds > WHOLE / 3 else MANY[:2]
        [growth] = _apart(grown, [(lines[0], endpoint, limits.seed, many, ITEMS, ends)])
    return part(answers, len(targets), verdict, growth)


def part(answers: Sequence[Shared], targets: int, verdict: Verdict, growth: Growth) -> Part:
    """Return what was measured, and what held."""
    silent = sorted(each for answer in answers for each in answer.silent)
    answered = sorted(each for answer in answers for each in answer.answered)
    wall = sorted(each for answer in answers for each in answer.wall)
    number = len(silent) + len(answered)
    figures = [
        ("Events, to be answered among them", f"{number:,}, {len(answered):,}"),
        ("Events per second and core, all of them", f"{number / sum(a.processor for a in answers):,.0f}"),
        ("Events per second and core that fire nothing", f"{1e6 * len(silent) / sum(silent):,.0f}"),
        ("One that fires nothing, p50 and p99, processor", f"{_p(silent, 50):,.0f} and {_p(silent, 99):,.0f} µs"),
        ("One that is answered, p50 and p99, processor", f"{_p(answered, 50) / 1e3:,.1f} and {_ms(answered)} ms"),
        ("One that is answered, p50 and p99, wall", f"{_p(wall, 50) * 1e3:,.0f} and {_p(wall, 99) * 1e3:,.0f} ms"),
        ("Memory of an engine's process, peak", f"{max(a.peak for a in answers):,.0f} MB"),
        ("Outcomes", ", ".join(f"{count} {name}" for name, count in sorted(verdict.outcomes.items()))),
        ("Messages that were not replies, storms among them", f"{verdict.messages}, {verdict.storms}"),
    ]
    failed = [(LOST, said) for answer in answers for said in answer.failed]
    broken, tried = [*failed, *verdict.broken], sum(verdict.outcomes.values())
    said = {
        LOST: f"{len(answered):,} deliveries about {tried} of {targets} resources; {len(failed)} failed.",
        BUDGET: f"{verdict.outcomes['contained']} were carried out.",
        GROUPED: f"{verdict.storms} storms, {verdict.messages} messages.",
    }
    promises = [Promise(name, tried > 0 and name not in dict(broken), seen) for name, seen in said.items()]
    promises += [_flat(answers), *_grows(growth)]
    return Part("Storm", figures, promises, [f"{promise} {seen}" for promise, seen in broken])


def _targets(line: Line, number: int) -> dict[int, Target]:
    """Make the vulnerable resources, of every kind in every account."""
    places = [(kind, account) for account in ACCOUNTS for kind in KINDS]
    found = {}
    for order in range(number):
        kind, account = places[order % len(places)]
        found[order] = Target(kind, account, line.ask("make", kind, account, order))
    return found


def _every(targets: Mapping[int, Target], first: int, stride: int) -> list[tuple[int, Target]]:
    return list(targets.items())[first::stride]


def _apart(work: Callable[..., Any], lots: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Do work in processes of its own, each with its line to AWS."""
    with ThreadPoolExecutor(len(lots)) as together:
        return list(together.map(lambda lot: _one(work, lot), lots))


def _one(work: Callable[..., Any], lot: tuple[Any, ...]) -> Any:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_worked, args=(there, work, lot), daemon=True)
    process.start()
    there.close()
    fine, answer = here.recv()
    process.join()
    if not fine:
        raise RuntimeError(answer)
    return answer


def _worked(back: Connection, work: Callable[..., Any], lot: tuple[Any, ...]) -> None:
    try:
        back.send((True, work(*lot)))
    except Exception as error:  # noqa: BLE001 - whoever asked is told
        back.send((False, f"{work.__name__}: {type(error).__name__}: {error}"))


def _flat(answers: Sequence[Shared]) -> Promise:
    early, late = max((a.early, a.late) for a in answers)
    what = f"The memory of a process grows by less than {FLAT - 1:.0%} while it answers nine tenths of the storm."
    seen = f"{early:,.0f} MB after a tenth of the storm, {late:,.0f} MB at its end."
    return Promise(what, bool(early) and all(a.late <= FLAT * a.early for a in answers), seen)


def _grows(growth: Growth) -> list[Promise]:
    """Return whether the cost of an event grows with the rules or with the ledger."""
    rules, ledgers = growth.rules, growth.ledgers
    silent, answered = ratio(rules, "silent"), ratio(rules, "answered")
    wall, time_ = ratio(ledgers, "wall"), ratio(ledgers, "answered")
    many = " and ".join(str(times) for times in rules if times > 1)
    small, large = (sorted(ledgers[times].ledger) for times in sorted(ledgers))
    micro = " / ".join(f"{median(cost.silent):,.0f}" for cost in rules.values())
    milli = " / ".join(f"{median(cost.answered) / 1000:,.1f}" for cost in rules.values())
    return [
        Promise(
            f"An event that fires nothing costs the same with {many} times as many rules.",
            silent < GROWS,
            f"{micro} µs of the processor: {silent:.2f} times as much.",
        ),
        Promise(
            f"An event that is answered costs the same with {many} times as many rules.",
            answered < GROWS,
            f"{milli} ms of the processor: {answered:.2f} times as much.",
        ),
        Promise(
            "An event costs the same with a ledger 100 times as large: the same calls to it, with the same bytes.",
            set(small) == set(large) and max(wall, time_) < GROWS,
            f"{_asked(small)} with {growth.items // 100:,} items, {_asked(large)} with {growth.items:,}: {wall:.2f}"
            " times as long.",
        ),
    ]


def _asked(calls: Sequence[tuple[int, int]]) -> str:
    number, size = calls[len(calls) // 2]
    return f"{number} calls of {size:,} bytes"


def _p(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


def _ms(ordered: Sequence[float]) -> str:
    return f"{_p(ordered, 99) / 1e3:,.1f}"
