"""The audit as a page of HTML: its headline figures, its sections in the order in which auditors ask, its charts."""

from __future__ import annotations

from collections.abc import Iterator

from cli.reports.audit_did import decided, failed, undone
from cli.reports.audit_happened import ended, fast, happened
from cli.reports.audit_held import exemptions, held_back
from cli.reports.audit_limits import Term
from cli.reports.audit_proof import coverage, proven, register
from cli.reports.audit_questions import State
from cli.reports.audit_report import AuditReport
from cli.reports.audit_said import NONE, Figure, Section
from cli.reports.charts import drawn
from cli.reports.page import between, render, utc


def page(report: AuditReport) -> str:
    """Return the page."""
    return render(
        "audit.html.j2",
        r=report,
        headlines=[(each.name, each.value, each.note, each.anchor) for each in figures(report)],
        sections=sections(report),
        drawn=drawn,
        period=period(report),
    )


def sections(report: AuditReport) -> tuple[Section, ...]:
    """Return the sections of every rendering, in their order."""
    asked = (happened, ended, fast, decided, undone, failed, held_back, exemptions, coverage, proven, register)
    return tuple(section(report) for section in asked)


def figures(report: AuditReport) -> tuple[Figure, ...]:
    """Return what is said first."""
    return tuple(_figures(report))


def period(report: AuditReport) -> str:
    """Return the period in words."""
    return f"{utc(report.since, '%Y-%m-%d %H:%M')} to {utc(report.until, '%Y-%m-%d %H:%M')} UTC"


def _figures(report: AuditReport) -> Iterator[Figure]:
    worst = " and ".join(f"{len(g.incidents)} {g.key.lower()}" for g in report.by_severity[:2])
    yield Figure("Incidents", str(len(report.incidents)), worst, "happened")
    every = report.timings[0]
    yield Figure("Contained", f"{len(every.contained)} of {every.of}", "where something was to be changed", "fast")
    for since, spread in (("detection", every.from_detection), ("receipt", every.from_receipt)):
        value = between(spread.mean) if spread else NONE
        note = f"mean from {since}; p95 {between(spread.p95)}" if spread else f"from {since}: nothing was measured"
        yield Figure("Time to contain", value, note, "fast")
    approvals = report.approvals
    told = [f"{len(approvals.of(state))} {state.value}" for state in (State.GRANTED, State.DENIED, State.EXPIRED)]
    yield Figure("Approvals asked", str(len(approvals.asked)), ", ".join(told), "decided")
    yield Figure("Undone", str(len(report.undone)), "changes taken back, or to be", "undone")
    still = sum(each.failure.since.value == "failed" for each in report.failed)
    yield Figure("Failed", str(len(report.failed)), f"responses; {still} stand as failed", "failed")
    expired = sum(each.term is Term.EXPIRED for each in report.exemptions)
    yield Figure("Exemptions", str(len(report.exemptions)), f"{expired} expired", "exemptions")
    yield Figure("Evidence", f"{len(report.evidence.verified)} of {report.evidence.chains}", _proof(report), "evidence")


def _proof(report: AuditReport) -> str:
    broken = len(report.evidence.broken) + len(report.unread)
    return f"chains verified; {broken} broken" if broken else "chains verified; none is broken"
