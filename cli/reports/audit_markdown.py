"""The audit as Markdown, for wikis and tickets. What an event or a person wrote cannot format, link or embed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cli.reports.audit_page import figures, period, sections
from cli.reports.audit_report import AuditReport
from cli.reports.audit_said import Cell, Section, Table
from cli.reports.markdown import code, text
from cli.reports.page import utc

SHOWN = 5
"""Incidents that are named behind a figure: the JSON has all of them."""


def markdown(report: AuditReport) -> str:
    """Return the report: the same sections as the page, its charts as sentences."""
    blocks = [*_head(report), *(block for section in sections(report) for block in _section(section))]
    return "\n\n".join(blocks) + "\n"


def _head(report: AuditReport) -> Iterator[str]:
    yield "# Audit of automatic responses"
    yield f"{code(report.organization)}, {text(period(report))}. Made {utc(report.made_at)} UTC."
    yield "\n".join(f"- **{each.name}:** {text(each.value)} ({text(each.note)})" for each in figures(report))


def _section(section: Section) -> Iterator[str]:
    yield f"## {text(section.title)}"
    yield from (text(said) for said in section.says)
    for picture in section.pictures:
        yield f"**{text(picture.chart.title)}.** {text(picture.chart.says)}"
    for table in section.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"### {text(table.caption)}"
    if not table.rows:
        yield text(table.empty)
        return
    heads = _row(text(head) or " " for head in table.heads)
    yield "\n".join((heads, "|---" * len(table.heads) + "|", *(_row(map(_cell, row)) for row in table.rows)))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    if cell.look in {"incident", "anchor"}:
        return _barred(code(cell.text))
    shown = _barred(code(cell.text)) if cell.look == "mono" else text(cell.text)
    if not cell.ids:
        return shown
    more = f", and {len(cell.ids) - SHOWN} more" if len(cell.ids) > SHOWN else ""
    return f"{shown}: {', '.join(_barred(code(id_)) for id_ in cell.ids[:SHOWN])}{more}"


def _barred(span: str) -> str:
    """Return a code span for a table: there, a bar ends the cell also within code, unless a backslash is before it."""
    return span.replace("|", r"\|")
