"""The timeline of an incident as a picture tells it: its turning points, and the time between them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.decision import Action
from chalicelib.ledger import Stored
from chalicelib.notify import Kind
from cli.reports.audit_questions import Question, State, refused
from cli.reports.incident_changes import ChangeSaid
from cli.reports.incident_people import NoticeSaid, short
from cli.reports.incident_spans import is_time, seconds
from cli.reports.page import plain, utc
from cli.times import moment

MOST = 60
"""Turning points shown: the first and the last ones of a long story, and how many are between."""

SOURCES = {
    "guardduty": "GuardDuty",
    "securityhub": "Security Hub",
    "config": "AWS Config",
    "cloudtrail": "CloudTrail",
    "signin": "AWS sign-in",
    "health": "AWS Health",
    "accessanalyzer": "IAM Access Analyzer",
    "inspector": "Amazon Inspector",
    "macie": "Amazon Macie",
}
"""What AWS calls the sources of findings."""

_LINES = 12
_DECIDED = {
    Action.APPROVE: ("good", "Approved by"),
    Action.DENY: ("warn", "Denied by"),
    Action.UNDO: ("calm", "Undo, by"),
    Action.ACKNOWLEDGE: ("calm", "Acknowledged by"),
    Action.SNOOZE: ("calm", "Snoozed by"),
    Action.ESCALATE: ("bad", "Escalated by"),
    Action.MINE: ("calm", "It was me, says"),
    Action.NOT_MINE: ("bad", "It was not me, says"),
}
_TO_THE_SECOND = {"asked", "told", "untold", "received", "verified", "expired"}
"""Turning points that the ledger knows to the second only: they come last in theirs."""

_ORDER = ("detected", "joined", "sent", "received", "decided", "changed", "verified", "failed", "undone", "asked")
"""The order within one moment; what people decided and what was told comes after."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One turning point. `after` is how many seconds passed since the one before, None for the first.

    `gap` is how far apart they are drawn, 0 to 6: about a power of ten of the seconds.
    """

    at: str
    kind: str
    tone: str
    title: str
    lines: tuple[str, ...] = ()
    more: int = 0
    after: float | None = None
    gap: int = 0


def milestones(
    stored: Stored, changes: Sequence[ChangeSaid], asked: Sequence[Question], notices: Sequence[NoticeSaid]
) -> tuple[Milestone, ...]:
    """Return the turning points, the earliest first; what happened to many changes at once is one of them."""
    found = [*_found(stored), *_of_changes(changes), *_asked(asked), *_decided(stored), *_told(notices)]
    if not stored.changes:
        found.append(
            Milestone(stored.opened_at, "received", "calm", "Received: nothing is to be changed, people are told")
        )
    ordered = sorted((each for each in found if is_time(each.at)), key=_place)
    if len(ordered) > MOST:
        left = len(ordered) - MOST
        last = ordered[-MOST // 2 :]
        between = Milestone(last[0].at, "more", "calm", f"... {left} turning points are not shown here")
        ordered = [*ordered[: MOST // 2], between, *last]
    return tuple(_spaced(ordered))


def _found(stored: Stored) -> Iterator[Milestone]:
    first, *joined = stored.findings
    title = plain(first.title, 300)
    source = SOURCES.get(first.source, plain(first.source, 100))
    yield Milestone(first.first_seen, "detected", "warn", f"First seen by {source}", (title,))
    sent = first.event.get("time")
    if isinstance(sent, str) and is_time(sent) and (seconds(first.first_seen, sent) or 0) >= 1:
        yield Milestone(sent, "sent", "calm", "Reported by AWS")
    for each in joined:
        yield Milestone(each.first_seen, "joined", "warn", "Another finding of it", (plain(each.title, 300),))


def _of_changes(changes: Sequence[ChangeSaid]) -> Iterator[Milestone]:
    """Yield what happened to the changes that were decided at once: decided, changed, seen to hold, taken back."""
    batches: dict[str, list[ChangeSaid]] = {}
    for change in changes:
        batches.setdefault(change.decided_at, []).append(change)
    for at, batch in batches.items():
        modes = ", ".join(dict.fromkeys(change.mode for change in batch))
        yield _many(at, "decided", "calm", f"Received, and decided: {modes}", batch, lambda c: f"{c.title}: {c.mode}")
        yield from _when(batch, "changed", "calm", "Changed", lambda c: c.moments.changed)
        yield from _when(batch, "verified", "good", "Contained: seen to hold", lambda c: c.contained_at)
        yield from _when(batch, "failed", "bad", "Failed", lambda c: c.moments.failed)
        yield from _when(batch, "undone", "calm", "Taken back", lambda c: c.moments.taken_back)


def _when(
    batch: Iterable[ChangeSaid], kind: str, tone: str, title: str, when: Callable[[ChangeSaid], str]
) -> Iterator[Milestone]:
    """Yield one turning point for what happened to some of these changes: when it had happened to all of them."""
    mine = [change for change in batch if when(change)]
    if mine:
        yield _many(max(map(when, mine)), kind, tone, title, mine, lambda c: f"{c.title}: {c.resource.id}")


def _many(
    at: str, kind: str, tone: str, title: str, of: Sequence[ChangeSaid], said: Callable[[ChangeSaid], str]
) -> Milestone:
    lines = [plain(said(each), 300) for each in of]
    many = f" ({len(of)} changes)" if len(of) > 1 else ""
    return Milestone(at, kind, tone, f"{title}{many}", tuple(lines[:_LINES]), max(0, len(lines) - _LINES))


def _asked(asked: Iterable[Question]) -> Iterator[Milestone]:
    for each in asked:
        what = f"{short(each.requester)} asks to undo it" if each.of is Action.UNDO else "Asked: may this be changed?"
        needed = f"{each.needed} approvals needed" if each.needed > 1 else "One approval needed"
        yield Milestone(each.asked_at, "asked", "warn", what, (f"{needed}, until {utc(each.expires_at)} UTC",))
        if each.state is State.EXPIRED:
            yield Milestone(each.expires_at, "expired", "warn", "Nobody decided: the question expired")


def _decided(stored: Stored) -> Iterator[Milestone]:
    for each in stored.decisions:
        tone, said = ("warn", f"Refused: {each.action.value}, by") if refused(each) else _DECIDED[each.action]
        lines = tuple(plain(text, 500) for text in (each.reason, each.result) if text)
        yield Milestone(each.at, each.action.name.lower(), tone, f"{said} {short(each.by)}", lines)


def _told(notices: Iterable[NoticeSaid]) -> Iterator[Milestone]:
    for each in notices:
        took = ", ".join(channel.name for channel in each.channels if channel.arrived)
        said = "Escalated" if each.kind == Kind.ESCALATION.value else "Told"
        if each.told_at:
            yield Milestone(each.told_at, "told", "calm", f"{said}: {took or 'in another message'}", (each.headline,))
        else:
            title = f"{said}: {took}, not yet everywhere" if took else "Not told yet: it is tried again"
            yield Milestone(each.at, "untold", "bad", title, (each.headline,))


def _place(each: Milestone) -> tuple[datetime, int]:
    """Return where a turning point stands among the others."""
    at = moment(each.at)
    late = at.replace(microsecond=999_999) if each.kind in _TO_THE_SECOND else at
    return late, _ORDER.index(each.kind) if each.kind in _ORDER else len(_ORDER)


def _spaced(ordered: Sequence[Milestone]) -> Iterator[Milestone]:
    before: datetime | None = None
    for each in ordered:
        at = moment(each.at)
        after = max((at - before).total_seconds(), 0.0) if before else None
        yield replace(each, after=after, gap=_gap(after or 0))
        before = max(at, before) if before else at


def _gap(after: float) -> int:
    return sum(after >= step for step in (1, 10, 60, 900, 7200, 86400))
