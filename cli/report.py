"""Write a report: of one incident, or the audit of a period; as a page, as Markdown or as JSON."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from chalicelib.ledger.items import stored
from chalicelib.ledger.keys import incident_pk
from chalicelib.wiring import utc_now
from cli.deployed import BadInput
from cli.faces import face
from cli.hub import DONE, Hub
from cli.reports.incident import IncidentReport, Kept, report
from cli.reports.incident_evidence import evidence
from cli.times import moment, since

FORMS = (".html", ".md", ".json")
STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of what a report is wished for, and where it goes: a file, "-" for standard output, "" for the current folder."""

    incident: str = ""
    since: str = ""
    until: str = ""
    out: str = ""


def run(hub: Hub, wishes: Wishes, clock: Callable[[], datetime] = utc_now) -> int:
    """Write the report and print where it is; return 0. Raises BadInput and UnknownIncident."""
    form = form_of(wishes.out)
    now = clock()
    if wishes.incident:
        text = of_incident(read(hub, wishes.incident, now), form)
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", wishes.incident)
    else:
        first, last = since(wishes.since, now), _until(wishes.until, now)
        if first >= last:
            raise BadInput("--until is not after --since: give a later one")
        text = of_period(hub, first, last, now, form)
        name = f"audit-{first:%Y-%m-%d}-{last:%Y-%m-%d}"
    if _is_stdout(wishes.out):
        typer.echo(text, nl=False)
        return DONE
    where = Path(wishes.out or f"{name}{form}")
    write(where, text)
    typer.echo(where)
    return DONE


def form_of(out: str) -> str:
    """Return the suffix of a report's file, by which its form is known. Raises BadInput for none that we write."""
    suffix = {"": ".html", STDOUT: ".md"}.get(out) or _suffix(out)
    if suffix not in FORMS:
        raise BadInput(f"--out {out!r} does not say what to write: end it with {', '.join(FORMS[:-1])} or {FORMS[-1]}")
    return suffix


def _suffix(out: str) -> str:
    return out.removeprefix(STDOUT).lower() if _is_stdout(out) else Path(out).suffix.lower()


def _is_stdout(out: str) -> bool:
    return out == STDOUT or out.lower() in {f"{STDOUT}{form}" for form in FORMS}


def read(hub: Hub, incident: str, now: datetime) -> IncidentReport:
    """Return the report of an incident as the ledger has it now. Raises UnknownIncident."""
    items = hub.ledger.table.query(incident_pk(incident))
    kept = Kept(stored(incident, items), items, evidence(incident, items, now))
    return report(kept, face(hub, kept.stored, now), hub.catalogue, now, hub.to.stage)


def of_incident(report: IncidentReport, form: str) -> str:
    """Return the report of an incident in a form."""
    if form == ".json":
        from cli.reports.incident_json import render_json  # noqa: PLC0415

        return render_json(report)
    if form == ".md":
        from cli.reports.incident_markdown import render_markdown  # noqa: PLC0415

        return render_markdown(report)
    from cli.reports.incident_html import render_html  # noqa: PLC0415 - loads jinja2

    return render_html(report)


def of_period(hub: Hub, first: datetime, last: datetime, now: datetime, form: str) -> str:
    """Return the audit of a period in a form."""
    from cli.reports import audit  # noqa: PLC0415

    found = audit.audit(hub.ledger, hub.catalogue, hub.organization, first, last, now)
    render = {".html": audit.render_html, ".md": audit.render_markdown, ".json": audit.render_json}[form]
    return render(found)


def write(where: Path, text: str) -> None:
    """Write a file whole or not at all; one that is there is replaced. Raises BadInput."""
    part = where.with_name(f".{where.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(where)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput(f"{where} cannot be written: {error.strerror or error}: give another --out") from error


def _until(text: str, now: datetime) -> datetime:
    try:
        found = moment(text) if text else now
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise BadInput(f"--until {text!r} is no time: write 2026-08-01 or 2026-08-01T12:00")
    return min(found, now)
