"""Coverage as text: what each answer comes to in a few words, why people are told only, and what is left undecided."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from chalicelib.model import Rule
from cli.covering import Answer, Decision, Row, Table


def words(answer: Answer) -> str:
    """Return what an answer does, and how far by itself: `Disable an access key (asked first)`."""
    elsewhere = ", only where regions.allowed leaves the region out" if answer.rule.elsewhere else ""
    if answer.response:
        return f"{', '.join(unit.title for unit in answer.response)} ({answer.decision}{elsewhere})"
    return f"{Decision.TOLD}: it names nothing to act on" if answer.rule.respond else str(Decision.TOLD)


def tally(table: Table) -> str:
    """Return the counts of a table in a line: `204 types: 63 contained, ...`. None undecided is said, too."""
    counts = table.counts
    shown = [f"{count} {decision}" for decision, count in counts.items() if count or decision is Decision.NONE]
    return f"{sum(counts.values())} {table.of}s: {', '.join(shown)}"


def subjects(table: Table) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Yield each subject of a table with its rows."""
    for subject, rows in groupby(table.rows, key=lambda row: row.subject):
        yield subject, tuple(rows)


def undecided(tables: Iterable[Table]) -> list[str]:
    """Return what has no decision, a line each."""
    return [
        f"{table.of} {row.subject}{f' ({row.about})' if row.about else ''}: no rule answers it, and no reason is given"
        for table in tables
        for row in table.gaps
    ]


def told_only(tables: Iterable[Table]) -> list[Rule]:
    """Return the rules that tell people and do nothing, by id."""
    found = {answer.rule.id: answer.rule for table in tables for row in table.rows for answer in row.answers}
    return [rule for _, rule in sorted(found.items()) if not rule.respond]


def why(rule: Rule) -> str:
    """Return why a rule answers as it does: what its file says first; "" of a rule that is made from a table."""
    name = f"rules.{rule.id}"
    if importlib.util.find_spec(name) is None:
        return ""
    return " ".join((importlib.import_module(name).__doc__ or "").partition("\n\n")[0].split())


def as_json(tables: Iterable[Table]) -> dict[str, Any]:
    """Return coverage for programs: each table by its key, and what is undecided."""
    listed = tuple(tables)
    return {**{table.key: _table(table) for table in listed}, "undecided": undecided(listed)}


def _table(table: Table) -> Mapping[str, Any]:
    return {
        "title": table.title,
        "counts": {decision.name.lower(): count for decision, count in table.counts.items()},
        "rows": [_row(row) for row in table.rows],
    }


def _row(row: Row) -> Mapping[str, Any]:
    return {
        "subject": row.subject,
        "group": row.group,
        "about": row.about,
        "decision": row.decision.name.lower(),
        "reason": row.reason,
        "answers": [
            {
                "rule": answer.rule.id,
                "mode": answer.rule.mode.name.lower(),
                "decision": answer.decision.name.lower(),
                "response": [unit.id for unit in answer.response],
            }
            for answer in row.answers
        ],
    }
