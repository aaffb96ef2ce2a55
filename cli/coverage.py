"""Say what the rules answer of all that AWS can tell, and what they do not, without any AWS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer
from rich.table import Table as Grid
from rich.text import Text

from chalicelib.catalogue import Catalogue, load
from cli.covered import as_json, subjects, tally, undecided, words
from cli.covering import Decision, Row, Table, covered
from cli.show import console

if TYPE_CHECKING:
    from rich.console import RenderableType

GAPS = 1
STYLE = {
    Decision.CONTAINED: "bold green",
    Decision.ASKED: "bold yellow",
    Decision.TOLD: "blue",
    Decision.REASON: "dim",
    Decision.NONE: "bold white on red",
}
_PARTS = {"controls": ("controls", "frameworks")}
"""What is shown together, by the one name of it."""


def run(only: str, *, wants_json: bool, catalogue: Catalogue | None = None) -> int:
    """Print the coverage, or one part of it; return 0, or 1 where something has no decision."""
    shown = [table for table in covered(catalogue or load()) if not only or table.key in _PARTS.get(only, (only,))]
    gaps = undecided(shown)
    if wants_json:
        typer.echo(json.dumps(as_json(shown), indent=2))
    else:
        for part in _parts(shown):
            console(160).print(part)
    for gap in gaps:
        typer.echo(f"undecided: {gap}", err=True)
    return GAPS if gaps else 0


def _parts(tables: Iterable[Table]) -> Iterator[RenderableType]:
    for table in tables:
        yield Text(f"{table.title}. {tally(table)}", "bold")
        yield _grid(table)
        yield ""


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="dim", expand=True)
    grid.add_column(table.of, overflow="fold", ratio=4)
    grid.add_column("where", overflow="fold", ratio=3)
    grid.add_column("rule", no_wrap=True)
    grid.add_column("response", overflow="fold", ratio=5)
    for subject, rows in subjects(table):
        first = Text(subject)
        for row in rows:
            for cells in _lines(row):
                grid.add_row(first, *cells)
                first = Text()
    return grid


def _lines(row: Row) -> Iterator[tuple[Text, Text, Text]]:
    """Yield a line for each rule that answers, or the one that says why none does."""
    about = Text(row.about)
    for answer in row.answers:
        yield about, Text(answer.rule.id), Text(words(answer), STYLE[answer.decision])
        about = Text()
    if not row.answers:
        yield about, Text("none"), Text(row.reason or str(row.decision), STYLE[row.decision])
