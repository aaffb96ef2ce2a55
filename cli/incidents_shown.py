"""How a list of incidents looks: a line for each to people, an object for each to programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.ledger import Stored
from chalicelib.model import Change, Remediation
from chalicelib.notify import Notice
from chalicelib.notify.states import difference
from cli.faces import ANNOUNCEMENT, STORM
from cli.record import ceiling_records, change_record
from cli.show import SEVERITY, grid, plain
from cli.times import local


@dataclass(frozen=True, slots=True)
class Row:
    """One incident of a list: all that the ledger has of it, what its message says, and what kind it is.

    `held` is what observing held back, where that is asked for.
    """

    stored: Stored
    notice: Notice
    kind: str
    held: tuple[Change, ...] = ()


def listed(rows: Sequence[Row]) -> RenderableType:
    """Return the incidents as a table, with the times of whoever reads it."""
    shown = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("incident", "opened", "severity", "account"):
        shown.add_column(name, no_wrap=True)
    for name in ("what", "resources", "outcome", "waits until"):
        shown.add_column(name, overflow="fold")
    for row in rows:
        shown.add_row(*_cells(row))
    return shown


def held_back(rows: Iterable[Row], remediations: Mapping[str, Remediation]) -> Iterator[RenderableType]:
    """Yield what observing held back in each incident: what it would have changed, and why it was not."""
    for row in rows:
        yield Text("  ").join(_cells(row)[:5])
        for change in row.held:
            known = remediations.get(change.remediation)
            before, after = difference(change.before, change.after)
            why = [f"{each.guardrail}: {plain(each.reason)}" for each in change.ceilings]
            yield Padding(
                Group(
                    Text(f"{known.title if known else change.remediation}: {plain(change.resource.id)}"),
                    grid([("from", plain(before), ""), ("to", plain(after), ""), *(("not", w, "yellow") for w in why)]),
                ),
                (0, 0, 1, 3),
            )


def as_json(row: Row) -> dict[str, Any]:
    """Return an incident of a list as JSON. Times are ISO 8601, UTC; `waits_until` is empty where nothing waits."""
    notice = row.notice
    told = {
        "id": row.stored.id,
        "kind": row.kind,
        "opened_at": row.stored.opened_at,
        "last_seen": notice.last_seen,
        "severity": notice.severity.name,
        "account": notice.account,
        "account_name": notice.account_name,
        "environment": notice.environment,
        "region": notice.region,
        "title": notice.rule_title,
        "rules": list(row.stored.rules),
        "resources": [{"type": each.type, "id": each.id, "account": each.account} for each in notice.resources],
        "verdict": notice.verdict.value,
        "outcomes": sorted({change.outcome.value for change in row.stored.changes}),
        "waits_until": notice.asked.expires,
        "acknowledged_by": notice.asked.acknowledged_by,
        "incidents": notice.grouped or 1,
    }
    held = [{**change_record(change), "ceilings": ceiling_records(change.ceilings)} for change in row.held]
    return {**told, "would_have": held} if held else told


def _cells(row: Row) -> list[Text]:
    notice = row.notice
    first, more = notice.resources[:2], len(notice.resources) - 2
    named = ", ".join(each.id for each in first) + (f" and {more} more" if more > 0 else "")
    asked = notice.asked
    votes = f" ({len(asked.approved_by)} of {asked.needed})" if asked.needed > 1 else ""
    return [
        Text(row.stored.id, "bold"),
        Text(local(row.stored.opened_at)),
        Text(notice.severity.name, SEVERITY[notice.severity]),
        Text(plain(notice.account_name, 24)),
        Text(plain(notice.rule_title, 100)),
        Text(plain(named, 200)),
        Text(_outcome(row)),
        Text(f"{local(asked.expires, '%H:%M')}{votes}" if asked.expires else "", "bold yellow"),
    ]


def _outcome(row: Row) -> str:
    """Return what became of it: how many changes came to what, or what it is where it is no incident."""
    if row.kind == STORM:
        return f"storm of {row.notice.grouped} incidents"
    if row.kind == ANNOUNCEMENT:
        return "countermeasure says"
    return row.notice.tally or row.notice.verdict.value
