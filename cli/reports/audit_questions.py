"""What people were asked about one incident, whether they decided, who and when: of the ledger's items. Pure.

The ledger keeps what was asked last as an item; what was asked before that is known by the notices that asked it, and
by the decisions about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.decision import Action, Approval, Decision
from chalicelib.ledger import Stored
from chalicelib.notify import Notice
from chalicelib.notify.escape import line
from chalicelib.records import approval_of
from chalicelib.table import Item
from cli.times import moment

_NAME, _TEXT = 200, 500


class State(StrEnum):
    """What became of a question."""

    GRANTED = "granted"
    DENIED = "denied"
    EXPIRED = "expired"
    WAITING = "waiting"
    REPLACED = "asked anew"  # there was more or something else to decide, before anybody had


@dataclass(frozen=True, slots=True)
class Question:
    """One approval that people were asked for: of a response (APPROVE) or of an UNDO. Times are ISO 8601, UTC."""

    of: Action
    digest: str
    asked_at: str
    expires_at: str
    needed: int
    state: State = State.REPLACED
    decided_at: str = ""
    by: tuple[str, ...] = ()  # who approved or denied
    requester: str = ""  # who wants the undo, and why
    reason: str = ""

    @property
    def seconds(self) -> float | None:
        """How long it took people to decide; None where they did not."""
        if not self.decided_at:
            return None
        return max((moment(self.decided_at) - moment(self.asked_at)).total_seconds(), 0.0)


def refused(decision: Decision) -> bool:
    """Tell whether a decision was refused, and recorded as such."""
    return decision.result.startswith("refused: ")


def questions(
    stored: Stored, items: Mapping[str, Item], notices: Sequence[Notice], now: datetime
) -> tuple[Question, ...]:
    """Return what people were asked, the earliest first, as it stands now."""
    kept = [
        (approval_of(item["body"]), bool(item["waiting"])) for sk, item in items.items() if sk.startswith("approval#")
    ]
    found = {
        each.digest: each for each in (*_told(notices), *(_question(approval) for approval, _ in kept)) if each.needed
    }
    asked = sorted(found.values(), key=lambda each: moment(each.asked_at))
    for approval, waiting in kept:
        asked = [_still(each, approval, now, waiting=waiting) for each in asked]
    for decision in sorted(stored.decisions, key=lambda each: moment(each.at)):
        if decision.action in {Action.APPROVE, Action.DENY} and not refused(decision):
            asked = _with(asked, decision)
    return tuple(asked)


def _question(approval: Approval) -> Question:
    return Question(
        of=approval.of,
        digest=approval.digest,
        asked_at=approval.asked_at,
        expires_at=approval.expires_at,
        needed=approval.needed,
        requester=line(approval.requester, _NAME),
        reason=line(approval.reason, _TEXT),
    )


def _told(notices: Iterable[Notice]) -> Iterable[Question]:
    """Yield what notices asked, the latest first: of what was asked twice, the first time counts."""
    for notice in reversed(list(notices)):
        asked = notice.asked
        for button in asked.buttons:
            if button.action == Action.APPROVE.value and asked.expires:
                of = Action.UNDO if asked.requester else Action.APPROVE
                yield Question(of, button.digest, notice.at, asked.expires, asked.needed, requester=asked.requester)


def _still(question: Question, approval: Approval, now: datetime, *, waiting: bool) -> Question:
    """Return the question that was asked last as it stands, but for what people decided."""
    if question.digest != approval.digest:
        return question
    open_ = waiting and now < moment(approval.expires_at)
    return replace(question, state=State.WAITING if open_ else State.EXPIRED)


def _with(asked: Sequence[Question], decision: Decision) -> list[Question]:
    """Return the questions with a decision counted for the one that it is about."""
    open_ = [each for each in asked if not each.decided_at and moment(each.asked_at) <= moment(decision.at)]
    exact = [each for each in open_ if each.digest == decision.digest]
    if not exact and not decision.digest:  # of several, the latest about a response comes before an undo
        exact = [max(open_, key=lambda each: (each.of is Action.APPROVE, each.asked_at))] if open_ else []
    return [_decided(each, decision) if each in exact else each for each in asked]


def _decided(question: Question, decision: Decision) -> Question:
    by = (*question.by, line(decision.by, _NAME))
    if decision.action is Action.DENY:
        return replace(question, state=State.DENIED, decided_at=decision.at, by=(by[-1],))
    if decision.result.startswith("approved: "):  # so many more must
        return replace(question, by=by)
    return replace(question, state=State.GRANTED, decided_at=decision.at, by=by)
