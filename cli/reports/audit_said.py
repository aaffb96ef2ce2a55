"""What a report of an audit is made of, before it is HTML or Markdown: sections of sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cli.reports.audit_times import Spread
from cli.reports.charts import Chart
from cli.reports.page import between

LISTED = 50
"""Incidents that are listed behind one figure; the JSON has all of them."""

LONG = 15
"""Rows from which on a table is folded."""

NONE = "none"
"""What stands where there is no figure."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. `ids` are the incidents behind it; None where it is no figure.

    `tone` is good, warn, bad or calm; `look` is `number`, `mono`, `severity`, or nothing.
    """

    text: str
    ids: tuple[str, ...] | None = None
    tone: str = ""
    look: str = ""

    @property
    def listed(self) -> tuple[str, ...]:
        """The incidents that are listed behind it."""
        return (self.ids or ())[:LISTED]

    @property
    def more(self) -> int:
        """How many more there are than are listed."""
        return len(self.ids or ()) - len(self.listed)


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure, what it means, and the section that it comes from."""

    name: str
    value: str
    note: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `empty` is said where it has no rows; it is `folded` where that is wished, or where it is long."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""
    folded: bool = False

    @property
    def hidden(self) -> bool:
        """Whether it is shown only to who asks for it."""
        return bool(self.rows) and (self.folded or len(self.rows) > LONG)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, and its numbers as a table."""

    chart: Chart
    numbers: Table


@dataclass(frozen=True, slots=True)
class Section:
    """One question of an auditor, and its answer: what is to be known of it, then charts and tables."""

    anchor: str
    title: str
    says: tuple[str, ...]
    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...] = ()


def number(ids: Sequence[str]) -> Cell:
    """Return how many incidents there are, with their list behind."""
    return Cell(str(len(ids)), tuple(ids), look="number")


def count(of: int, ids: Iterable[str]) -> Cell:
    """Return how many of something there are, with the incidents that they are of behind."""
    return Cell(str(of), tuple(dict.fromkeys(ids)), look="number")


def incident(id_: str) -> Cell:
    """Return the id of one incident, which leads to its line of the register."""
    return Cell(id_, (id_,), look="incident")


def duration(seconds: float | None) -> Cell:
    """Return a time span, or that there is none."""
    return Cell(NONE if seconds is None else between(seconds), look="number")


def spans(spread: Spread | None) -> tuple[Cell, ...]:
    """Return the mean, the median, the p95 and the longest of some durations, and of how many they are."""
    if spread is None:
        return (*(duration(None) for _ in range(4)), Cell("0", look="number"))
    told = (spread.mean, spread.median, spread.p95, spread.longest)
    return (*map(duration, told), Cell(str(spread.count), look="number"))


def who(by: str) -> Cell:
    """Return a person by name: of an ARN the role and the session, and the account. The table of deeds has it whole."""
    if not by.startswith("arn:"):
        return Cell(by)
    *_, account, principal = by.split(":")
    return Cell(f"{principal.removeprefix('assumed-role/')} ({account})")


def share(part: int, of: int) -> str:
    """Return a share in words: `12 of 40 (30 %)`, `none of none`."""
    return f"{part} of {of} ({round(100 * part / of)} %)" if of else "none, of none"


def plural(many: int, what: str) -> str:
    """Return a number with its word: `1 incident`, `2 incidents`, `no incidents`."""
    return f"{many or 'no'} {what}{'' if many == 1 else 's'}"


def severity(name: str) -> Cell:
    return Cell(name, look="severity")


def numbers(labels: Sequence[str], columns: Mapping[str, Sequence[int]], of: str) -> Table:
    """Return a chart's numbers as a table."""
    rows = tuple(
        (Cell(label), *(Cell(str(values[at]), look="number") for values in columns.values()))
        for at, label in enumerate(labels)
    )
    return Table("The numbers of this chart", (of, *columns), rows, folded=True)
