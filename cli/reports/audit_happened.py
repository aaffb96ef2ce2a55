"""The sections of an audit about what happened: how much and where, how it ended, how fast it was contained. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.model import Severity
from cli.reports.audit_report import AuditReport, Group
from cli.reports.audit_said import (
    Cell,
    Picture,
    Section,
    Table,
    count,
    number,
    numbers,
    plural,
    severity,
    spans,
)
from cli.reports.audit_times import Timing, contained
from cli.reports.charts import Chart, Series
from cli.reports.incident import TONES

BUSIEST = 10
"""Rules in a chart: the table has all of them."""

SPEEDS: Mapping[str, float] = {
    "10 seconds or less": 10,
    "1 minute or less": 60,
    "5 minutes or less": 300,
    "1 hour or less": 3600,
    "1 day or less": 86400,
    "longer": float("inf"),
}
"""How fast, in words -> up to how many seconds."""

_SEVERITIES = tuple(severity.name for severity in sorted(Severity, reverse=True))


def happened(report: AuditReport) -> Section:
    """Return what happened: over time, by severity, rule, account and environment."""
    many = len(report.incidents)
    drills = sum(each.drill for each in report.incidents)
    says = [f"{plural(many, 'incident').capitalize()} of {plural(len(report.by_rule), 'rule')} were opened."]
    says += (
        [f"{drills} of them are of sample findings or replayed events: no time is measured of these."] if drills else []
    )
    return Section(
        anchor="happened",
        title="What happened",
        says=tuple(says),
        tables=(
            _groups("Incidents by severity", "severity", report.by_severity),
            _groups("Incidents by rule", "rule", report.by_rule, "title"),
            _groups("Incidents by account", "account", report.by_account, "name"),
            _groups("Incidents by environment (as the accounts are today)", "environment", report.by_environment),
        ),
        pictures=(_over_time(report), _by_rule(report.by_rule)) if many else (),
    )


def ended(report: AuditReport) -> Section:
    """Return how incidents ended, and what became of every change."""
    tones = {verdict.value: tone for verdict, tone in TONES.items()}
    rows = tuple((Cell(each.title, tone=tones[each.key]), number(each.incidents)) for each in report.by_verdict)
    changes = tuple((Cell(each.outcome), count(each.changes, each.incidents)) for each in report.by_outcome)
    meaning = (
        "told: nothing was to be changed, and a person must look; would change: only observed, or people denied it"
    )
    return Section(
        anchor="ended",
        title="How it ended",
        says=(f"As incidents stand today, the worst of their changes deciding ({meaning}).",),
        tables=(
            Table("How incidents stand", ("as it stands", "incidents"), rows, "No incident."),
            Table("What became of changes", ("outcome", "changes"), changes, "Nothing was to be changed."),
        ),
        pictures=(_lying("How incidents stand", "incidents", report.by_verdict),) if rows else (),
    )


def fast(report: AuditReport) -> Section:
    """Return how fast incidents were contained, of how many that is known, and how that is counted."""
    heads = ("of", "contained", "mean", "median", "p95", "longest", "measured")
    detection = tuple(_timing(each, *spans(each.from_detection)) for each in report.timings)
    receipt = tuple(_timing(each, *spans(each.from_receipt)) for each in report.timings)
    speeds = [each for each in map(contained, report.incidents) if each]
    known = [each.from_receipt for each in speeds if each.from_receipt is not None]
    return Section(
        anchor="fast",
        title="How fast it was contained",
        says=(
            "From AWS's detection: since AWS last saw what is wrong, as the event says. From receipt: since"
            " countermeasure began to answer. Until the last change of the first answer that succeeded as a whole was"
            " seen to hold, with the wait for an approval within it; to the second.",
            "p95 is the nearest rank: the smallest measured time that 95 % of them do not exceed.",
        ),
        tables=(
            Table("From AWS's detection until contained", heads, detection),
            Table("From receipt until contained", heads, receipt),
        ),
        pictures=(_speeds(known),) if known else (),
    )


def _timing(timing: Timing, *spans: Cell) -> tuple[Cell, ...]:
    name = Cell(timing.name) if timing.name == "all" else severity(timing.name)
    of = Cell(f"{len(timing.contained)} of {timing.of}", timing.contained, look="number")
    return (name, of, *spans)


def _speeds(known: Sequence[float]) -> Picture:
    found = dict.fromkeys(SPEEDS, 0)
    for seconds in known:
        found[next(name for name, most in SPEEDS.items() if seconds <= most)] += 1
    says = "; ".join(f"{name}: {many}" for name, many in found.items())
    chart = Chart(
        "Time from receipt until contained", says, tuple(found), (Series("incidents", "plain", tuple(found.values())),)
    )
    return Picture(chart, numbers(tuple(found), {"incidents": tuple(found.values())}, "time"))


def _over_time(report: AuditReport) -> Picture:
    starts = tuple(each.start for each in report.over_time)
    counted = {
        name: tuple(len(each.incidents.get(name, ())) for each in report.over_time)
        for name in _SEVERITIES
        if any(name in each.incidents for each in report.over_time)
    }
    busiest = max(report.over_time, key=lambda each: sum(map(len, each.incidents.values())))
    most = sum(map(len, busiest.incidents.values()))
    says = (
        f"{len(starts)} {report.over}s from {starts[0]} on; the most, {most}, in the {report.over} of {busiest.start}."
    )
    series = tuple(Series(name, f"s-{name.lower()}", values) for name, values in counted.items())
    labels = tuple(start[:7] if report.over == "month" else start[5:] for start in starts)
    chart = Chart(f"Incidents per {report.over}, by severity", says, labels, series, stands=True)
    every = {name: tuple(each.incidents.get(name, ()) for each in report.over_time) for name in counted}
    rows = tuple((Cell(start), *(number(ids[at]) for ids in every.values())) for at, start in enumerate(starts))
    return Picture(chart, Table("The numbers of this chart", (report.over, *counted), rows, folded=True))


def _by_rule(groups: Sequence[Group]) -> Picture:
    title = f"The {BUSIEST} busiest rules" if len(groups) > BUSIEST else "Incidents by rule"
    return _lying(title, "incidents", [Group(each.title, each.title, each.incidents) for each in groups[:BUSIEST]])


def _lying(title: str, what: str, groups: Sequence[Group]) -> Picture:
    labels, values = tuple(each.title for each in groups), tuple(len(each.incidents) for each in groups)
    says = "; ".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
    chart = Chart(title, says, labels, (Series(what, "plain", values),))
    return Picture(chart, numbers(labels, {what: values}, "what"))


def _groups(caption: str, what: str, groups: Sequence[Group], title: str = "") -> Table:
    named = tuple(
        (
            severity(each.key) if what == "severity" else Cell(each.key, look="mono" if title else ""),
            *((Cell(each.title),) if title else ()),
            number(each.incidents),
        )
        for each in groups
    )
    return Table(caption, (what, *((title,) if title else ()), "incidents"), named, "No incident.")
