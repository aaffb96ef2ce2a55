"""Who was asked, who decided what and why, and what was told to whom: of an incident, for a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import NotDelivered
from chalicelib.ledger import Stored, Told
from chalicelib.notify import Notice, delivered
from cli.reports.audit_questions import Question, refused
from cli.reports.page import plain
from cli.timeline import receipt_line


@dataclass(frozen=True, slots=True)
class Asked:
    """What people were asked, by when, how many had to approve, who did or denied, and what became of it."""

    of: str
    asked_at: str
    expires_at: str
    needed: int
    state: str
    decided_at: str
    by: tuple[str, ...]
    requester: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionSaid:
    """One decision: who (as AWS or Slack knows them, and in short), what, by which way, why, and what came of it."""

    at: str
    by: str
    name: str
    action: str
    via: str
    reason: str
    how: str  # "confirmed", "forced", or both
    result: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """What became of a notice in one channel."""

    name: str
    arrived: bool
    said: str


@dataclass(frozen=True, slots=True)
class NoticeSaid:
    """One notice: when it was composed, what it said first, to whom, and when every channel had taken it."""

    at: str
    kind: str
    headline: str
    to: str
    told_at: str
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A notice of the ledger, and what a report says of it; `notice` is None where it cannot be read."""

    said: NoticeSaid
    notice: Notice | None


def short(by: str) -> str:
    """Return whom people call it: the last part of an ARN, the user of `slack:U...`."""
    return plain(by.rpartition("/")[2] if by.startswith("arn:") and "/" in by else by, 300)


def asked_of(question: Question) -> Asked:
    """Return a question as a report says it."""
    return Asked(
        of=question.of.value,
        asked_at=plain(question.asked_at, 40),
        expires_at=plain(question.expires_at, 40),
        needed=question.needed,
        state=question.state.value,
        decided_at=plain(question.decided_at, 40),
        by=tuple(plain(each, 200) for each in question.by),
        requester=plain(question.requester, 200),
        reason=plain(question.reason),
    )


def said_decisions(stored: Stored) -> tuple[DecisionSaid, ...]:
    """Return every decision, the earliest first."""
    return tuple(
        DecisionSaid(
            at=plain(each.at, 40),
            by=plain(each.by, 300),
            name=short(each.by),
            action=each.action.value,
            via=plain(each.via, 40),
            reason=plain(each.reason),
            how=", ".join(name for name, on in (("confirmed", each.confirm), ("forced", each.force)) if on),
            result=plain(each.result),
            refused=refused(each),
        )
        for each in stored.decisions
    )


def said_notices(stored: Stored) -> tuple[Read, ...]:
    """Return every notice, the earliest first."""
    return tuple(sorted((_read(each, stored) for each in stored.notices), key=lambda each: each.said.at))


def _read(told: Told, stored: Stored) -> Read:
    try:
        notice = Notice.from_json(told.body)
    except NotDelivered:
        said = NoticeSaid(told.told_at or stored.opened_at, "", "(this notice cannot be read)", "", told.told_at, ())
        return Read(said, None)
    channels = (
        Channel(plain(name, 100), delivered(receipt), plain(receipt_line(_shown(receipt))[0], 500))
        for name, receipt in sorted(told.receipts.items())
    )
    said = NoticeSaid(
        at=plain(notice.at or stored.opened_at, 40),
        kind=notice.kind.value,
        headline=plain(notice.headline, 500),
        to=plain(notice.to, 200),
        told_at=plain(told.told_at, 40),
        channels=tuple(channels),
    )
    return Read(said, notice)


def _shown(receipt: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a receipt without what only says which version of a message is shown."""
    return {name: value for name, value in receipt.items() if name != "face"}
