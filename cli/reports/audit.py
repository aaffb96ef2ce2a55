"""The audit of a period: read from the ledger, said as data, and rendered as a page, as Markdown or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import typer

from chalicelib.catalogue import Catalogue
from chalicelib.ledger import Ledger
from chalicelib.organization import Organization
from cli.reports.audit_read import digests, incidents
from cli.reports.audit_report import AuditReport, Read, report


def audit(
    ledger: Ledger,
    catalogue: Catalogue,
    organization: Organization,
    since: datetime,
    until: datetime,
    now: datetime,
    say: Callable[[str], None] | None = None,
) -> AuditReport:
    """Return the audit of the incidents that were opened from `since` to just before `until`.

    `say` is told how far the reading has come where that takes long; by default, whoever runs the command.
    """
    found, unread = incidents(ledger, catalogue, since, until, now, say or _say)
    return report(Read(found, unread, digests(ledger, since)), catalogue, organization, since, until, now)


def render_html(report: AuditReport) -> str:
    """Return the audit as one self-contained page."""
    from cli.reports.audit_page import page  # noqa: PLC0415 - loads the charts

    return page(report)


def render_markdown(report: AuditReport) -> str:
    """Return the audit as Markdown, without its charts: their numbers are tables."""
    from cli.reports.audit_markdown import markdown  # noqa: PLC0415

    return markdown(report)


def render_json(report: AuditReport) -> str:
    """Return the audit as JSON, for programs."""
    from cli.reports.audit_json import text  # noqa: PLC0415

    return text(report)


def _say(text: str) -> None:
    typer.echo(text, err=True)
