"""The page docs/coverage.md: what is answered of all that AWS can tell, how, and why not where it is not."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.catalogue import Catalogue
from cli.attack_matrix import VERSION
from cli.covered import subjects, tally, told_only, why, words
from cli.covering import Decision, Row, Table, covered

_SAYS = {
    "guardduty": (
        "Every type that GuardDuty documents, and what really answers a finding of it: matched, and planned, for each"
        " thing that it can be about. After the type stands its severity; `*`: it depends on what was seen."
    ),
    "cloudtrail": (
        "The calls that the CIS benchmark, Security Hub and the Sigma rules watch. A rule is here when it looks for the"
        " call by name; it may ask for more of it, so that the harmless form is not told."
    ),
    "attack": (
        f"The IaaS matrix of Enterprise ATT&CK {VERSION}, and what rules name beyond it. © 2025 The MITRE Corporation."
        " This work is reproduced and distributed with the permission of The MITRE Corporation."
    ),
    "controls": "What those who run accounts ask for, and what answers when one is broken, by what tells of it.",
    "frameworks": (
        "The controls that a rule is evidence for, conservatively. CIS is here as a whole, the others as far as a rule"
        " speaks of them."
    ),
}


def coverage_page(catalogue: Catalogue, note: str) -> Iterator[str]:
    """Yield the lines of docs/coverage.md."""
    tables = covered(catalogue)
    yield from ("# Coverage", "", note, "")
    yield "What countermeasure answers of what AWS can tell. `countermeasure coverage` prints the same, and fails where"
    yield "something is undecided. What has several answers counts by the strongest."
    yield ""
    yield from (f"- [{table.title}](#{_anchor(table.title)}): {tally(table)}" for table in tables)
    yield "- [Told only](#told-only): why, and what to do then"
    yield ""
    yield "*Contained* is done at once, as far as guardrails let it; *asked first* waits for approval; *told only*"
    yield "changes nothing. What each response may touch, and how it is undone, is in the [catalogue](catalogue.md)."
    for table in tables:
        yield from _section(table)
    yield from ("", "## Told only", "", "Where nothing is done, why, and what on-call does next.", "")
    yield from ("| Rule | Why | What next |", "|---|---|---|")
    for rule in told_only(tables):
        yield f"| `{rule.id}` | {_cell(why(rule) or rule.title)} | {_cell(rule.look_at)} |"


def _section(table: Table) -> Iterator[str]:
    yield from ("", f"## {table.title}", "", _SAYS[table.key], "", f"{tally(table)}.", "")
    yield from _gathered(table) if table.key in {"guardduty", "cloudtrail"} else _listed(table)


def _gathered(table: Table) -> Iterator[str]:
    """Yield a table with a row for all that is answered alike."""
    alike: dict[str, list[str]] = {}
    for subject, rows in subjects(table):
        said = f" {rows[0].group}" if table.key == "guardduty" else ""
        alike.setdefault("<br>".join(line for row in rows for line in _lines(row)), []).append(f"`{subject}`{said}")
    yield from (f"| {table.of.capitalize()} | Answer |", "|---|---|")
    for answer, alone in alike.items():
        yield f"| {'<br>'.join(alone)} | {answer} |"


def _listed(table: Table) -> Iterator[str]:
    """Yield a table with a row for each subject; of what many rules answer, their names and how far they go."""
    brief = table.key != "controls"
    yield from (f"| {table.of.capitalize()} | {table.grouped.capitalize()} | Answer |", "|---|---|---|")
    for subject, rows in subjects(table):
        answers = "<br>".join(line for row in rows for line in (_brief(row) if brief else _lines(row)))
        yield f"| {_cell(subject)} | {_cell(rows[0].group)} | {answers} |"


def _lines(row: Row) -> Iterator[str]:
    """Yield the line of a row: every rule that answers, or why none does."""
    where = f"*{_cell(row.about)}*: " if row.about else ""
    said = "; ".join(f"`{answer.rule.id}`: {_cell(words(answer))}" for answer in row.answers)
    yield f"{where}{said or _cell(row.reason) or '**undecided**'}"


def _brief(row: Row) -> Iterator[str]:
    """Yield a line for each decision, with the rules that make it."""
    where = f"*{_cell(row.about)}*: " if row.about else ""
    for decision in Decision:
        rules = [f"`{answer.rule.id}`" for answer in row.answers if answer.decision is decision]
        if rules:
            yield f"{where}{decision}: {', '.join(rules)}"
            where = ""
    if not row.answers:
        yield from _lines(row)


def _cell(text: str) -> str:
    """Return text as it can stand in a cell."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _anchor(title: str) -> str:
    """Return the anchor that Markdown gives to a heading."""
    return "".join(sign for sign in title.lower().replace(" ", "-") if sign.isalnum() or sign == "-")
