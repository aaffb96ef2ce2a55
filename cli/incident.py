"""Show one incident: how it stands, what can be decided now, and everything that happened, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from chalicelib.decision import Action
from chalicelib.ledger import Stored
from chalicelib.notify import Notice
from chalicelib.notify.words import meaning
from chalicelib.records import approval_text, change_text, decision_text, finding_text
from chalicelib.wiring import utc_now
from cli.faces import face, kind
from cli.hub import DONE, Hub
from cli.show import SEVERITY, console, grid, plain
from cli.timeline import timeline
from cli.times import local

WIDEST = 100
"""Columns: what is read at 3 a.m. is read in half a screen."""

COMMANDS = {
    Action.APPROVE: "countermeasure approve {}",
    Action.DENY: "countermeasure deny {}",
    Action.UNDO: "countermeasure undo {}",
    Action.ACKNOWLEDGE: "countermeasure ack {}",
}


def run(hub: Hub, incident: str, *, as_json: bool, clock: Callable[[], datetime] = utc_now) -> int:
    """Print an incident; return 0. Raises UnknownIncident."""
    stored = hub.ledger.load(incident)
    if as_json:
        typer.echo(json.dumps(record(stored)))
    else:
        console(WIDEST).print(*story(hub, stored, clock()), sep="\n")
    return DONE


def story(hub: Hub, stored: Stored, now: datetime) -> Iterator[RenderableType]:
    """Yield the incident for people, with the times of whoever reads it."""
    notice = face(hub, stored, now)
    yield from head(stored, notice)
    commands = [COMMANDS[Action(each.action)] for each in notice.asked.buttons if each.action in COMMANDS]
    yield grid([("now", command.format(stored.id), "bold") for command in dict.fromkeys(commands)])
    yield Text(f"\nTimes are in {now.astimezone():%Z (UTC%z)}", "dim")
    for entry in timeline(stored, hub.catalogue):
        yield Text.assemble((f"\n{local(entry.at, '%Y-%m-%d %H:%M:%S')}  ", "dim"), (entry.title, entry.style))
        yield Padding(grid(entry.lines), (0, 0, 0, 3))


def head(stored: Stored, notice: Notice) -> Iterator[RenderableType]:
    """Yield what whoever is woken must know first."""
    yield Text.assemble((f" {notice.severity.name} ", SEVERITY[notice.severity]), " ", (notice.headline, "bold"))
    asked = notice.asked
    where = f"{notice.account_name} ({notice.account}), {notice.environment}, {notice.region}"
    times = f", {notice.count} times" if notice.count > 1 else ""
    rows = [
        ("", meaning(notice), ""),
        ("id", f"{stored.id}, opened {local(stored.opened_at)}{times}", ""),
        ("where", where, ""),
        ("rules", ", ".join(map(plain, stored.rules)), ""),
        ("check", notice.look_at, ""),
        ("waits", f"until {local(asked.expires)}: {len(asked.approved_by)} of {asked.needed} approvals", "bold yellow")
        if asked.expires
        else ("", "", ""),
        ("ack", plain(stored.acknowledged_by), ""),
        ("snooze", f"until {local(asked.snoozed_until)}" if asked.snoozed_until else "", ""),
        ("page", notice.finding_url, "dim"),
    ]
    yield grid([row for row in rows if row[1]])


def record(stored: Stored) -> dict[str, Any]:
    """Return all that the ledger has of an incident as JSON, as it is kept; times are ISO 8601, UTC."""
    return {
        "id": stored.id,
        "kind": kind(stored),
        "opened_at": stored.opened_at,
        "rules": list(stored.rules),
        "acknowledged_by": stored.acknowledged_by,
        "snoozed_until": stored.snoozed_until,
        "findings": [json.loads(finding_text(each)) for each in stored.findings],
        "changes": [json.loads(change_text(each)) for each in stored.changes],
        "approvals": [json.loads(approval_text(each)) for each in stored.approvals],
        "decisions": [json.loads(decision_text(each)) for each in stored.decisions],
        "notices": [
            {
                "id": each.id,
                "notice": json.loads(each.body),
                "receipts": dict(each.receipts),
                "told_at": each.told_at,
                "not_before": each.not_before,
            }
            for each in stored.notices
        ],
    }
