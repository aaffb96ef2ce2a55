"""What became of a storm: whether anything was lost, what was done is true, budgets held, and messages are grouped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection

from chalicelib.catalogue import load
from chalicelib.ledger import Stored
from chalicelib.ledger.counters import storm_size
from chalicelib.model import Change, Outcome
from chalicelib.notify import Kind, Notice
from chalicelib.upkeep import tend
from torture.members import Line
from torture.storm_engine import BUDGETS, Clock, engines
from torture.storm_events import Target

LOST = "No event that is to be answered is lost: each ends in an incident whose outcome is true of its resource."
BUDGET = "Budgets hold: what is over them waits for approval, and nothing waits that they had room for."
GROUPED = "Of a storm, the first incidents have a message each and the others one together, which says how many."


@dataclass(slots=True)
class Verdict:
    """What was seen, by outcome, and what did not hold, by promise."""

    outcomes: Counter[str]
    messages: int
    storms: int
    broken: list[tuple[str, str]]


def judged(
    connection: Connection, endpoint: str, targets: Mapping[int, Target], incidents: Mapping[int, str]
) -> Verdict:
    """Look at every incident and every resource of a storm that is over, then let its time pass."""
    clock, line = Clock(), Line(connection)
    with engines(connection, endpoint, clock) as made:
        engine = made(load())
        found = Verdict(Counter(), 0, 0, [])
        stored = {number: engine.ledger.load(id_) for number, id_ in incidents.items() if id_}
        lost = [number for number in targets if number not in stored]
        found.broken += [(LOST, f"{targets[number]} has no incident") for number in lost]
        changes: list[Change] = []
        for number, incident in stored.items():
            target = targets[number]
            needed = {change.outcome for change in incident.changes} - {Outcome.COMPLIANT}
            outcome = ", ".join(sorted(each.value for each in needed))
            found.outcomes[outcome] += 1
            changes += incident.changes
            still_open = line.ask("open", target.kind, target.account, target.id)
            if (outcome, still_open) not in {(Outcome.CONTAINED.value, False), (Outcome.AWAITING.value, True)}:
                found.broken.append((LOST, f"{target} is {outcome}, and {'open' if still_open else 'closed'}"))
        found.broken += [(BUDGET, said) for said in _overspent(changes)]
        names = _grouped(found, list(stored.values()), engine.organization.channels.alone)
        for seconds in (61, 601, 61):
            clock.ahead += timedelta(seconds=seconds)
            tend(engine)
        found.messages, found.storms = len(line.ask("posted")), len(names)
        for name, number in names.items():
            last = [Notice.from_json(told.body) for told in engine.ledger.load(name).notices]
            said = {notice.grouped for notice in last if notice.kind is Kind.FOLLOW_UP}
            counted = storm_size(engine.ledger.table, name)
            if (said, counted) != ({number}, number):
                found.broken.append((GROUPED, f"{name} of {number} incidents says {said}, and counted {counted}"))
        return found


def _overspent(changes: Sequence[Change]) -> list[str]:
    """Return which budgets were overspent, and what waits for one that has room."""
    done = [change for change in changes if change.outcome is Outcome.CONTAINED]
    spent = Counter(name for change in done for name in _budgets(change))
    said = [f"{name} spent {number}" for name, number in spent.items() if number > _limit(name)]
    for change in changes:
        held = any(ceiling.guardrail == "action budget" for ceiling in change.ceilings)
        if held and change.outcome is Outcome.AWAITING and all(spent[n] < _limit(n) for n in _budgets(change)):
            said.append(f"{change.resource.key} waits, and no budget is spent")
    return said


def _budgets(change: Change) -> tuple[str, str, str]:
    return f"rule {change.rule}", f"account {change.resource.account}", "organization"


def _limit(name: str) -> int:
    limit = {"rule": BUDGETS.rule, "account": BUDGETS.account}.get(name.partition(" ")[0], BUDGETS.total)
    assert limit is not None
    return limit


def _grouped(found: Verdict, incidents: Sequence[Stored], alone: int) -> dict[str, int]:
    """Return the storms by how many incidents each has; say where more have a message of their own than may."""
    own: Counter[tuple[str, str]] = Counter()
    all_: Counter[tuple[str, str]] = Counter()
    names: dict[tuple[str, str], str] = {}
    for incident in incidents:
        pair = incident.rules[0], incident.findings[0].account
        all_[pair] += 1
        for told in incident.notices:
            if Notice.from_json(told.body).kind is Kind.INCIDENT:
                if "grouped" in told.receipts:
                    names[pair] = str(told.receipts["grouped"]["storm"])
                else:
                    own[pair] += 1
    wrong = {pair: number for pair, number in own.items() if number != min(alone, all_[pair])}
    found.broken += [(GROUPED, f"{pair}: {number} of {all_[pair]} have their own") for pair, number in wrong.items()]
    return {name: all_[pair] for pair, name in names.items()}
