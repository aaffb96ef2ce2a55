"""The sections of an audit about what is proven: coverage by framework, the evidence, and every incident. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.reports.audit_controls import Control, Framework
from cli.reports.audit_report import AuditReport, Evidence
from cli.reports.audit_said import Cell, Section, Table, incident, number, plural, severity, share, who
from cli.reports.incident import TONES
from cli.reports.page import utc

FAULTS = 3
"""Faults of one incident that are shown: `countermeasure verify-ledger` names all."""

DAYS = 31
"""Days without a digest that are named."""

_MINUTE = "%Y-%m-%d %H:%M"
_TONES = {verdict.value: tone for verdict, tone in TONES.items()}


def coverage(report: AuditReport) -> Section:
    """Return each framework: its controls, the rules that watch them, and the incidents that show them at work."""
    rows = tuple(
        (
            Cell(each.title),
            Cell(str(len(each.controls)), look="number"),
            Cell(share(len(each.watched), len(each.controls)), look="number"),
            Cell(share(len(each.seen), len(each.watched)), look="number"),
        )
        for each in report.frameworks
    )
    return Section(
        anchor="coverage",
        title="Coverage by framework",
        says=(
            "Of CIS all controls are listed; of the others those for which a rule can be evidence. A control that no"
            " event can show is not watched here: it needs other evidence.",
            "Seen: in the period an incident showed the control at work. None seen says that nothing broke it that a"
            " rule watches for; it is no failure, and no proof.",
        ),
        tables=(
            Table("Frameworks", ("framework", "controls", "watched by a rule", "seen in the period"), rows),
            *(_controls(each) for each in report.frameworks),
        ),
    )


def _controls(framework: Framework) -> Table:
    return Table(
        caption=f"{framework.title}: each control, its rules and its evidence",
        heads=("control", "what it asks", "rules that watch it", "incidents", "contained", "says"),
        rows=tuple(map(_control, framework.controls)),
        folded=True,
    )


def _control(control: Control) -> tuple[Cell, ...]:
    return (
        Cell(control.id),
        Cell(control.title),
        Cell(", ".join(control.rules), look="mono"),
        number(control.incidents),
        number(control.contained),
        Cell(_says(control)),
    )


def _says(control: Control) -> str:
    if not control.rules:
        return "No rule is evidence for it."
    if not control.incidents:
        return "None seen."
    if not control.in_need:
        return "Seen and told: nothing was to be changed."
    return f"{share(len(control.contained), len(control.in_need))} contained, where something was to be changed."


def proven(report: AuditReport) -> Section:
    """Return the state of the evidence: chains, digests, and what cannot be read."""
    found = report.evidence
    broken = tuple((incident(id_), Cell(_faults(faults))) for id_, faults in found.broken.items())
    unread = tuple((Cell(each.id, look="anchor"), Cell(each.why)) for each in report.unread)
    return Section(
        anchor="evidence",
        title="The evidence itself",
        says=(
            "The records of each incident are sealed in a chain of SHA-256 hashes, all seals of a day in its digest.",
            *_digests(found),
            "countermeasure verify-ledger proves all of it anew, with the copies of the log archive.",
        ),
        tables=(
            Table("Chains of incidents, storms and announcements", ("state", "chains", "meaning"), _chains(report)),
            *((Table("What is broken", ("incident", "what is wrong"), broken),) if broken else ()),
            *((Table("What cannot be read", ("incident", "why"), unread),) if unread else ()),
        ),
    )


def _chains(report: AuditReport) -> tuple[tuple[Cell, ...], ...]:
    found = report.evidence
    unread = tuple(each.id for each in report.unread)
    return (
        (Cell("verified", tone="good"), number(found.verified), Cell("Every record is as it was sealed.")),
        (
            Cell("broken", tone="bad" if found.broken else ""),
            number(tuple(found.broken)),
            Cell("Records are not as they were sealed: see who wrote to the ledger."),
        ),
        (Cell("not sealed yet"), number(found.unsealed), Cell("A seal is made within minutes of a change.")),
        (Cell("unreadable", tone="bad" if unread else ""), number(unread), Cell("Counted in no other figure.")),
    )


def _digests(found: Evidence) -> Iterator[str]:
    there, missing = len(found.digests), ", ".join(map(str, found.missing[:DAYS]))
    without = f", {len(found.missing)} without: {missing}" if found.missing else ""
    more = f" and {len(found.missing) - DAYS} more" if len(found.missing) > DAYS else ""
    yield f"{plural(there, 'finished day').capitalize()} of the period with a digest{without}{more}."
    if found.wrong:
        yield f"These digests are NOT as they were made: {', '.join(map(str, found.wrong))}."


def _faults(faults: tuple[str, ...]) -> str:
    more = f"; and {len(faults) - FAULTS} more" if len(faults) > FAULTS else ""
    return "; ".join(faults[:FAULTS]) + more


def register(report: AuditReport) -> Section:
    """Return every incident of the period, one a line, and what countermeasure said of itself."""
    environments = {id_: group.key for group in report.by_environment for id_ in group.incidents}
    accounts = {group.key: group.title for group in report.by_account}
    rows = tuple(
        (
            Cell(each.id, look="anchor"),
            Cell(utc(each.opened_at, _MINUTE), look="time"),
            severity(each.severity.name),
            Cell(each.title + (" (sample or replayed)" if each.drill else "")),
            Cell(f"{accounts.get(each.account, each.account)}, {environments.get(each.id, '')}, {each.region}"),
            Cell(each.verdict, tone=_TONES[each.verdict]),
            who(each.acknowledged_by or "nobody"),
        )
        for each in report.incidents
    )
    said = tuple(
        (
            Cell(each.id, look="anchor"),
            Cell(utc(each.opened_at, _MINUTE), look="time"),
            Cell(each.kind),
            Cell(each.title),
        )
        for each in report.said
    )
    heads = ("incident", "opened (UTC)", "severity", "what", "where", "stands", "acknowledged by")
    return Section(
        anchor="register",
        title="Every incident",
        says=("One incident whole: countermeasure show ID, or countermeasure report ID.",),
        tables=(
            Table("Incidents of the period", heads, rows, "No incident was opened in the period."),
            Table("What countermeasure said of itself", ("id", "opened (UTC)", "kind", "what"), said, "Nothing."),
        ),
    )
