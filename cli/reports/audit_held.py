"""The sections of an audit about what held countermeasure back: guardrails, observing, exemptions. Pure."""

from __future__ import annotations

from cli.reports.audit_limits import Term
from cli.reports.audit_report import AuditReport
from cli.reports.audit_said import Cell, Section, Table, count, number, plural

MOST = 50
"""Reasons that are shown of guardrails: the JSON has all of them."""

_TERMS = {Term.HOLDS: "good", Term.ENDS_SOON: "warn", Term.EXPIRED: "bad"}


def held_back(report: AuditReport) -> Section:
    """Return what guardrails lowered and why, and what observing alone kept from being done."""
    lowered = tuple(
        (Cell(each.guardrail), Cell(each.mode), Cell(each.reason), count(each.changes, each.incidents))
        for each in report.lowered[:MOST]
    )
    would = tuple(
        (Cell(each.title), Cell(each.remediation, look="mono"), count(each.resources, each.incidents))
        for each in report.would_have
    )
    more = len(report.lowered) - MOST
    return Section(
        anchor="held-back",
        title="What held countermeasure back",
        says=(
            "Each guardrail is a ceiling; the lowest wins, and all are recorded with the change.",
            "The kill switch is an SSM parameter: CloudTrail has who set it and when (PutParameter). Here is what it"
            " held back, with the reason that was given.",
            *((f"{more} more reasons are in the JSON report.",) if more > 0 else ()),
        ),
        tables=(
            Table(
                "Guardrails that lowered a mode, by reason",
                ("guardrail", "no further than", "reason", "changes"),
                lowered,
                "No guardrail held anything back.",
            ),
            Table(
                "What observing alone kept from being done",
                ("what it would have done", "remediation", "resources"),
                would,
                "Observing held nothing back.",
            ),
        ),
    )


def exemptions(report: AuditReport) -> Section:
    """Return every exemption with its owner, its reason and its end."""
    ended = sum(each.term is Term.EXPIRED for each in report.exemptions)
    soon = sum(each.term is Term.ENDS_SOON for each in report.exemptions)
    rows = tuple(
        (
            Cell(each.rule, look="mono"),
            Cell(_term(each.term, each.days_left), tone=_TERMS[each.term]),
            Cell(f"{each.until}", look="time"),
            Cell(each.owner),
            Cell(each.reason),
            Cell(each.where),
            Cell(each.mode),
            number(each.incidents),
        )
        for each in report.exemptions
    )
    says = f"{plural(len(rows), 'exemption').capitalize()}: {ended} expired, {soon} within 30 days of the end."
    return Section(
        anchor="exemptions",
        title="Exemptions",
        says=(says,) if rows else (),
        tables=(
            Table(
                "Exemptions of organization.toml, as they stand today",
                ("rule", "stands", "until", "owner", "reason", "where", "no further than", "held back"),
                rows,
                "There is no exemption.",
            ),
        ),
    )


def _term(term: Term, days: int) -> str:
    if term is Term.EXPIRED:
        return f"expired {plural(-days, 'day')} ago"
    return (
        f"{term.value}: {plural(days, 'day')} left"
        if term is Term.ENDS_SOON
        else f"{term.value}, {plural(days, 'day')} left"
    )
