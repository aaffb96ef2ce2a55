"""The sections of an audit about what people did, and about what failed or was taken back. Pure."""

from __future__ import annotations

from chalicelib.decision import Action
from chalicelib.model import Outcome
from cli.reports.audit_people import BY_ITSELF, Asked, Undone
from cli.reports.audit_questions import State
from cli.reports.audit_report import AuditReport
from cli.reports.audit_said import Cell, Section, Table, count, duration, incident, plural, spans, who
from cli.reports.page import utc

_TONES = {State.GRANTED: "good", State.DENIED: "calm", State.EXPIRED: "warn", State.WAITING: "warn"}
_MADE_GOOD = {Outcome.CONTAINED: "good", Outcome.COMPLIANT: "good", Outcome.GONE: "good", Outcome.UNDONE: "calm"}
_BACK = {Outcome.UNDONE: "good", Outcome.UNDOING: "warn"}


def decided(report: AuditReport) -> Section:
    """Return what people were asked, what they decided, and who did."""
    asked = report.approvals.asked
    states = tuple(
        (Cell(state.value, tone=_TONES.get(state, "")), count(len(found), (each.incident for each in found)))
        for state in State
        for found in (report.approvals.of(state),)
    )
    people = tuple((Cell(each.by), Cell(each.action.value), count(each.times, each.incidents)) for each in report.deeds)
    decided = sum(bool(each.question.decided_at) for each in asked)
    return Section(
        anchor="decided",
        title="What people decided",
        says=(f"People were asked {plural(len(asked), 'time')}, and decided {plural(decided, 'time')}.",),
        tables=(
            Table("What was asked, by what became of it", ("state", "times"), states),
            Table(
                "How long people took to decide",
                ("", "mean", "median", "p95", "longest", "measured"),
                ((Cell("granted or denied"), *spans(report.approvals.to_decide)),),
            ),
            Table("Who decided what", ("who", "what", "times"), people, "Nobody has decided anything."),
            Table(
                "Everything that people were asked",
                ("incident", "asked (UTC)", "about", "state", "by", "votes", "after"),
                tuple(map(_asked, asked)),
                "Nobody was asked anything.",
            ),
            _refused(report),
        ),
    )


def _refused(report: AuditReport) -> Table:
    heads = ("incident", "when (UTC)", "who", "wanted", "why it was refused")
    rows = tuple(
        (incident(e.incident), Cell(utc(e.at), look="time"), who(e.by), Cell(e.action.value), Cell(e.why))
        for e in report.refusals
    )
    return Table("What was refused", heads, rows, "None.")


def _asked(each: Asked) -> tuple[Cell, ...]:
    question = each.question
    about = f"an undo, for {who(question.requester).text}" if question.of is Action.UNDO else "a change"
    return (
        incident(each.incident),
        Cell(utc(question.asked_at), look="time"),
        Cell(about),
        Cell(question.state.value, tone=_TONES.get(question.state, "")),
        Cell(", ".join(who(by).text for by in question.by) or "nobody"),
        Cell(
            f"{len(question.by)} of {question.needed}" if question.state is not State.DENIED else "denied",
            look="number",
        ),
        duration(question.seconds),
    )


def undone(report: AuditReport) -> Section:
    """Return what was taken back, by whom and why, and what could not be."""
    by_people = [each for each in report.undone if each.by != BY_ITSELF]
    rows = tuple(
        (
            incident(each.incident),
            Cell(utc(each.at) if each.at else "", look="time"),
            Cell(f"{each.remediation} on {each.resource}"),
            _by(each),
            Cell(each.why),
            Cell(each.outcome.value, tone=_BACK.get(each.outcome, "bad")),
            Cell(each.reason),
        )
        for each in report.undone
    )
    by_itself = len(rows) - len(by_people)
    says = (
        f"{plural(len(by_people), 'change').capitalize()} by people, {by_itself or 'none'} because their time was over."
    )
    return Section(
        anchor="undone",
        title="What was taken back",
        says=(says,) if rows else (),
        tables=(
            Table(
                "Undone, or to be undone",
                ("incident", "when (UTC)", "what", "who", "why", "came to", "says"),
                rows,
                "Nothing was taken back.",
            ),
        ),
    )


def _by(each: Undone) -> Cell:
    approved = ", ".join(who(by).text for by in each.approved_by)
    return Cell(who(each.by).text + (f", approved by {approved}" if approved else ""))


def failed(report: AuditReport) -> Section:
    """Return the responses that failed, why, and what came of each."""
    rows = tuple(
        (
            incident(each.incident),
            Cell(utc(each.failure.at), look="time"),
            Cell(f"{each.failure.remediation} on {each.failure.resource}"),
            Cell(each.failure.why),
            Cell(each.failure.since.value, tone=_MADE_GOOD.get(each.failure.since, "bad")),
            who(each.acknowledged_by or "nobody"),
        )
        for each in report.failed
    )
    return Section(
        anchor="failed",
        title="What failed",
        says=("A failure counts as soon as people were told of it, also where a later attempt made it good.",),
        tables=(
            Table(
                "Failed responses",
                ("incident", "when (UTC)", "what", "why", "stands today as", "acknowledged by"),
                rows,
                "No response failed.",
            ),
        ),
    )
