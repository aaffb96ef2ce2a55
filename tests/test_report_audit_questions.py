"""What people were asked: of whom it took two, what was replaced before anybody decided, and which of two was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.decision import Action, Approval, Decision
from chalicelib.ledger import Stored
from chalicelib.model import Severity
from chalicelib.notify import Kind, Notice
from chalicelib.notify.notice import Asked, Button, Verdict
from chalicelib.records import approval_text
from chalicelib.table import Item
from cli.reports.audit_questions import Question, State, questions
from tests.deciding import ALICE, BOB

NOW = datetime(2026, 8, 1, 15, tzinfo=UTC)
RESPONSE = Approval(
    "inc-1", Action.APPROVE, "second", ("c1",), "2026-08-01T12:10:00+00:00", "2026-08-01T13:10:00+00:00", needed=2
)
UNDO = replace(RESPONSE, of=Action.UNDO, digest="back", needed=1, requester=BOB, reason="agreed upon")


def asked(
    approvals: Sequence[Approval],
    decisions: Sequence[Decision] = (),
    notices: Sequence[Notice] = (),
    now: datetime = NOW,
) -> list[Question]:
    items: dict[str, Item] = {f"approval#{a.of}": {"body": approval_text(a), "waiting": True} for a in approvals}
    stored = Stored("inc-1", "2026-08-01T12:00:00+00:00", (), (), (), (), decisions=tuple(decisions))
    return list(questions(stored, items, notices, now))


def decided(action: Action, by: str, minute: int, result: str, digest: str = "second") -> Decision:
    return Decision(action, "inc-1", by, f"2026-08-01T12:{minute}:00+00:00", "slack", digest, result=result)


def told(digest: str, at: str) -> Notice:
    shown = Asked((Button("approve", digest), Button("deny", digest)), "2026-08-01T13:00:00+00:00", 1)
    words = dict.fromkeys(("rule", "rule_title", "account", "account_name", "environment", "region"), "")
    seen = {"first_seen": at, "last_seen": at, "at": at, "source": "guardduty", "asked": shown}
    return Notice("n", "inc-1", Kind.INCIDENT, "h", Verdict.WAITING, Severity.HIGH, **words, **seen)  # type: ignore[arg-type]


def test_two_people_grant_it_when_the_second_has_approved() -> None:
    votes = [
        decided(Action.APPROVE, ALICE, 11, "approved: 1 more must"),
        decided(Action.APPROVE, "slack:U0STRANGER", 12, "refused: not among the approvers"),
        decided(Action.APPROVE, BOB, 20, "1 contained"),
    ]
    [found] = asked([RESPONSE], votes)
    assert (found.state, found.by, found.decided_at, found.seconds) == (
        State.GRANTED,
        (ALICE, BOB),
        votes[2].at,
        600,
    )


def test_one_vote_of_two_is_no_decision() -> None:
    vote = decided(Action.APPROVE, ALICE, 11, "approved: 1 more must")
    [late] = asked([RESPONSE], [vote])
    [open_] = asked([RESPONSE], [vote], now=datetime(2026, 8, 1, 12, 30, tzinfo=UTC))
    assert (late.state, late.by, late.seconds) == (State.EXPIRED, (ALICE,), None)
    assert open_.state is State.WAITING


def test_what_was_asked_before_is_known_by_its_notice_and_was_asked_anew() -> None:
    first, second = asked([RESPONSE], notices=[told("first", "2026-08-01T12:01:00+00:00")])
    assert (first.digest, first.state, first.asked_at) == ("first", State.REPLACED, "2026-08-01T12:01:00+00:00")
    assert second.digest == "second"


def test_a_decision_that_names_nothing_is_about_the_response_before_the_undo() -> None:
    response, undo = sorted(
        asked([RESPONSE, UNDO], [decided(Action.DENY, ALICE, 30, "denied", "")]), key=lambda q: q.of
    )
    assert (response.of, response.state, undo.of, undo.state) == (
        Action.APPROVE,
        State.DENIED,
        Action.UNDO,
        State.EXPIRED,
    )


def test_an_undo_that_needs_nobody_else_was_not_asked() -> None:
    assert asked([replace(UNDO, needed=0)]) == []
