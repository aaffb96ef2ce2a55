"""What a run says: on the terminal, and as docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

HEAD = """# Performance

countermeasure beside Cloud Custodian and beside bare AWS calls, written by `make bench`, which anyone can run: it ends
with 1 when a promise is broken. All candidates answer the same events on the same simulated AWS (moto), which runs in
their process, and every event is looked up: is the resource fixed? What is compared is measured in turns, an event of
each, within one run; ratios are medians over these pairs. Absolute times are the machine's and the simulation's.

- **Cloud Custodian** is the Lambda package that it would itself deploy for the policy of each case.
- **Bare calls** are the fewest AWS calls that do the job: no ledger, no checks, no notices. No product, a floor.
- **countermeasure** is the package of `make package`, with rules, guardrails, ledger, scoped sessions, verification
  and notices on. Every event is an incident of its own: only what holds many events back is set wide.
- **Its own calls, bare** are the AWS calls that countermeasure made for that very event, made once more by plain
  clients.
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that people rely on: whether it held, and what was seen, in one line with the figure."""

    what: str
    held: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a run: what is to know of it, a table, and what is promised. The first column is text."""

    title: str
    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    promises: Sequence[Promise]


WIDEST = 50
"""How many characters of the terminal a column is given; what is longer sticks out."""


def conditions(versions: Mapping[str, str], asked: str) -> str:
    """Return on what, and how, a run was made."""
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {named}; {asked}"
    )


def shown(part: Part) -> str:
    """Return a part as the terminal shows it."""
    widths = [min(max(map(len, column)), WIDEST) for column in zip(part.head, *part.rows, strict=True)]
    lines = [f"\n{part.title}"]
    for row in (part.head, *part.rows):
        first, *others = (text.rjust(width) if at else text.ljust(width) for at, (text, width) in _of(row, widths))
        lines.append("  " + "  ".join([first, *others]).rstrip())
    return "\n".join([*lines, *(f"  {'held' if p.held else 'BROKEN':<6} {p.what} {p.seen}" for p in part.promises)])


def _of(row: Sequence[str], widths: Sequence[int]) -> enumerate[tuple[str, int]]:
    return enumerate(zip(row, widths, strict=True))


def markdown(parts: Sequence[Part], said: str) -> str:
    """Return the page of a run."""
    promises = "\n".join(
        f"| {promise.what} | {'held' if promise.held else '**broken**'} | {promise.seen} |"
        for part in parts
        for promise in part.promises
    )
    promised = f"\n## What is promised\n\n| What | | What was seen |\n|---|---|---|\n{promises}\n"
    return f"{HEAD}\nConditions: {said}.\n{promised}" + "".join(map(_section, parts))


def _section(part: Part) -> str:
    lines = [_row(part.head), "|---" + "|---:" * (len(part.head) - 1) + "|", *map(_row, part.rows)]
    return f"\n## {part.title}\n\n{part.note}\n\n" + "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
