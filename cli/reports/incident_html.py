"""The report of one incident as a page of HTML that opens from disk, prints, and loads nothing."""

from __future__ import annotations

from cli.reports.incident import IncidentReport
from cli.reports.incident_changes import ChangeSaid
from cli.reports.page import render, utc


def render_html(report: IncidentReport) -> str:
    """Return the page."""
    return render("incident.html.j2", r=report, waits=waits(report), mode=mode)


def waits(report: IncidentReport) -> str:
    """Return what waits for people now, in a sentence; "" where nothing does."""
    waiting = [each for each in report.asked if each.state == "waiting"]
    if not waiting:
        return ""
    last = waiting[-1]
    return f"for people, until {utc(last.expires_at)} UTC: {len(last.by)} of {last.needed} approvals"


def mode(change: ChangeSaid) -> str:
    """Return how far a change was to go, and whether people let it go further."""
    if change.approved:
        return f"{change.mode}, and further once people had approved it"
    return change.mode if change.ceilings else f"{change.mode}: no guardrail held it back"
