"""How long what people ask about took, in one incident. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.decision import Action
from chalicelib.ledger import Stored
from cli.reports.audit_questions import Question
from cli.reports.incident_changes import ChangeSaid
from cli.times import moment


@dataclass(frozen=True, slots=True)
class Span:
    """How long something took, in seconds; None where it has not happened, or no record says when."""

    name: str
    seconds: float | None
    note: str = ""


def spans(stored: Stored, changes: Sequence[ChangeSaid], asked: Sequence[Question]) -> tuple[Span, ...]:
    """Return how long what people ask about took."""
    seen = stored.findings[0].first_seen
    received = stored.changes[0].at if stored.changes else stored.opened_at
    contained = max((each.contained_at for each in changes if each.contained_at), default="")
    first = min((told.told_at for told in stored.notices if told.told_at), default="")
    waited = [each.seconds for each in asked if each.of is Action.APPROVE and each.seconds is not None]
    return tuple(
        each
        for each in (
            Span("First seen to received", seconds(seen, received)),
            Span("Received to contained", seconds(received, contained)) if contained else None,
            Span("First seen to contained", seconds(seen, contained)) if contained else None,
            Span("Received to told", seconds(received, first)) if first else None,
            Span("Waited for people", sum(waited)) if waited else None,
        )
        if each
    )


def seconds(one: str, other: str) -> float | None:
    """Return the seconds from one time to another, never less than none; None where either is no time."""
    if not (is_time(one) and is_time(other)):
        return None
    return max((moment(other) - moment(one)).total_seconds(), 0.0)


def is_time(text: str) -> bool:
    """Tell whether a text is an ISO 8601 time."""
    try:
        moment(text)
    except (ValueError, OverflowError):
        return False
    return True
