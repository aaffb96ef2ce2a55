"""Approvals: who may give them, how many it takes, until when, and that only what was shown is done, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError, NotAllowed
from chalicelib.model import Incident, Mode, Outcome
from chalicelib.notify import Kind, Notice
from chalicelib.organization import Environment
from chalicelib.people import People
from chalicelib.upkeep import tend
from lab.network import tcp
from lab.organization import Lab
from tests.deciding import ALICE, BOB, approve, decided, decision, undo
from tests.replaying import event, played, told

GROUP = "cloudtrail.security_group_opened/fires.ipv4"
SIGN_IN = "signin.root_login/fires.other_spelling"
ANNA, BEN, EVE = "slack:U0000ANNA", "slack:U00000BEN", "slack:U00000EVE"


def placed(engine: Engine, **more: Any) -> Engine:
    """Return the engine where every environment is as given, and Slack's group S0ONCALL1 has Ben."""
    environments = {name: replace(place, **more) for name, place in engine.organization.environments.items()}
    ours = replace(engine.organization, environments=environments, people={"alice": "U0000ANNA"})
    return replace(engine, organization=ours, people=People(ours, {"S0ONCALL1": {"U00000BEN"}}.__getitem__))


def kinds(engine: Engine, incident: str) -> list[Kind]:
    notices = [Notice.from_json(told.body) for told in engine.ledger.load(incident).notices]
    return [notice.kind for notice in sorted(notices, key=lambda notice: notice.at)]


@pytest.fixture
def waiting(clock: object, lab: Lab, catalogue: Catalogue) -> tuple[Engine, Incident]:
    lab.reset(Mode.APPROVE)
    engine, incident, _ = played(lab, catalogue, event(GROUP))
    told(lab)
    return engine, incident


class TestWhoMay:
    @pytest.mark.parametrize(
        ("approvers", "by", "allowed"),
        [
            ((), ALICE, True),
            ((), ANNA, False),
            (("U0000ANNA",), ANNA, True),
            (("U0000ANNA",), EVE, False),
            (("S0ONCALL1",), BEN, True),
            (("S0ONCALL1",), EVE, False),
            (("arn:aws:iam::222222222222:role/teams/operator",), ALICE, True),
            (("arn:aws:iam::999999999999:role/operator",), ALICE, False),
            (("arn:aws:iam::222222222222:user/operator",), ALICE, False),
            (("U0000ANNA",), ALICE, False),
        ],
    )
    def test_only_approvers_of_the_environment_decide(
        self, waiting: tuple[Engine, Incident], approvers: tuple[str, ...], by: str, allowed: bool
    ) -> None:
        engine, incident = waiting
        engine = placed(engine, approvers=approvers)
        if allowed:
            assert approve(engine, incident.id, by=by).changes[0].outcome is Outcome.CONTAINED
        else:
            with pytest.raises(NotAllowed, match="approvers"):
                approve(engine, incident.id, by=by)
            stored = engine.ledger.load(incident.id)
            assert stored.changes[0].outcome is Outcome.AWAITING
            assert [(d.by, d.result.split(":")[0]) for d in stored.decisions] == [(by, "refused")]

    def test_a_group_that_cannot_be_asked_lets_nobody_in(self, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting

        def silent(_: str) -> list[str]:
            raise CountermeasureError("Slack does not answer")

        engine = placed(engine, approvers=("S0ONCALL1",))
        engine = replace(engine, people=People(engine.organization, silent))
        with pytest.raises(NotAllowed, match="cannot be found out: Slack does not answer"):
            approve(engine, incident.id, by=BEN)


class TestTwoPeople:
    def test_the_second_of_two_people_has_it_carried_out(self, clock: object, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident = two_needed(lab, catalogue)
        assert approve(engine, incident.id, by=ANNA).changes[0].outcome is Outcome.AWAITING
        with pytest.raises(CountermeasureError, match="you have approved this already"):
            approve(engine, incident.id, by=ANNA)
        [done] = approve(engine, incident.id, by=BEN).changes
        assert (done.outcome, done.reason) == (Outcome.CONTAINED, f"approved by {BEN}, {ANNA}")

    def test_one_person_is_not_two_by_using_the_command_too(
        self, clock: object, lab: Lab, catalogue: Catalogue
    ) -> None:
        engine, incident = two_needed(lab, catalogue)
        approve(engine, incident.id, by=ANNA)
        with pytest.raises(CountermeasureError, match="you have approved this already"):
            approve(engine, incident.id, by=ALICE)
        with pytest.raises(NotAllowed, match="enter yourself in"):
            approve(engine, incident.id, by=BOB)

    def test_who_asks_for_an_undo_is_not_its_only_approver(self, clock: object, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        engine = placed(engine, undo_by_another=True)
        assert undo(engine, incident.id, by=ALICE).changes[0].outcome is Outcome.CONTAINED
        with pytest.raises(NotAllowed, match="cannot be its only approver"):
            approve(engine, incident.id, by=ALICE)
        with pytest.raises(CountermeasureError, match="an undo waits"):
            undo(engine, incident.id, by=BOB)
        assert approve(engine, incident.id, by=BOB).changes[0].outcome is Outcome.UNDONE
        assert engine.ledger.load(incident.id).approvals == ()

    def test_an_undo_that_was_agreed_on_after_more_was_changed_is_not_done_and_says_so(
        self, clock: object, lab: Lab, catalogue: Catalogue
    ) -> None:
        engine, incident, what = played(lab, catalogue, event(GROUP))
        engine = placed(engine, undo_by_another=True)
        undo(engine, incident.id, by=ALICE)
        group = incident.changes[0].resource
        ec2 = lab.boto(group.account, group.region).client("ec2")
        ec2.authorize_security_group_ingress(GroupId=group.id, IpPermissions=[tcp(3389, "0.0.0.0/0")])
        engine.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
        done = decide(engine, decision(engine, Action.APPROVE, incident.id, BOB))
        stored = engine.ledger.load(incident.id)
        assert done.result == "not undone: the incident has changed since that was asked for; ask for it again"
        assert stored.decisions[-1].result == done.result
        assert ([change.outcome for change in stored.changes], stored.approvals) == ([Outcome.CONTAINED] * 2, ())
        undo(engine, incident.id, by=ALICE)
        undone = approve(engine, incident.id, by=BOB)
        assert [change.outcome for change in undone.changes] == [Outcome.UNDONE] * 2

    def test_an_undo_that_is_denied_changes_nothing(self, clock: object, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        engine = placed(engine, undo_by_another=True)
        undo(engine, incident.id, by=ALICE)
        denied = decided(engine, Action.DENY, incident.id, BOB, reason="still open")
        assert denied.changes[0].outcome is Outcome.CONTAINED
        with pytest.raises(CountermeasureError, match="nothing waits"):
            approve(engine, incident.id, by=BOB)


def two_needed(lab: Lab, catalogue: Catalogue) -> tuple[Engine, Incident]:
    lab.reset(Mode.APPROVE)
    places = {
        name: Environment(name, Mode.APPROVE, approvals=2, approvers=APPROVERS)
        for name in lab.organization.environments
    }
    lab.organization = replace(lab.organization, environments=places)
    engine, incident, _ = played(lab, catalogue, event(GROUP))
    return placed(engine), incident


APPROVERS = (
    "U0000ANNA",
    "U00000BEN",
    "arn:aws:iam::222222222222:role/operator",
)


class TestWhatIsShown:
    def test_a_button_of_an_older_message_approves_nothing(self, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        with pytest.raises(CountermeasureError, match="has changed since this was shown"):
            approve(engine, incident.id, digest="0" * 32)
        [shown] = engine.ledger.load(incident.id).approvals
        assert approve(engine, incident.id, digest=shown.digest).changes[0].outcome is Outcome.CONTAINED

    def test_the_same_decision_seen_twice_is_done_once(self, lab: Lab, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        click = decision(engine, Action.APPROVE, incident.id)
        decide(engine, click)
        calls = engine.ledger.load(incident.id).changes[0].calls
        decide(engine, click)
        stored = engine.ledger.load(incident.id)
        assert stored.changes[0].calls == calls
        assert len(stored.decisions) == 1

    def test_what_is_denied_is_not_asked_again(self, lab: Lab, clock: object, catalogue: Catalogue) -> None:
        lab.reset(Mode.APPROVE)
        engine, incident, what = played(lab, catalogue, event(GROUP))
        [denied] = decided(engine, Action.DENY, incident.id, reason="a test of ours").changes
        assert (denied.outcome, denied.reason) == (Outcome.OBSERVED, f"denied by {ALICE}: a test of ours")
        [again] = engine.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
        assert [change.outcome for change in again.changes] == [Outcome.OBSERVED]
        assert engine.ledger.load(incident.id).approvals == ()


class TestExpiry:
    def test_nobody_decides_so_it_is_escalated_once_and_then_only_watched(
        self, clock: time_machine.Coordinates, waiting: tuple[Engine, Incident]
    ) -> None:
        engine, incident = waiting
        clock.shift(timedelta(minutes=59))
        tend(engine)
        assert kinds(engine, incident.id) == [Kind.INCIDENT]
        clock.shift(timedelta(minutes=2))
        tend(engine)
        tend(engine)
        assert kinds(engine, incident.id) == [Kind.INCIDENT, Kind.ESCALATION]
        clock.shift(timedelta(minutes=61))
        tend(engine)
        tend(engine)
        assert kinds(engine, incident.id) == [Kind.INCIDENT, Kind.ESCALATION, Kind.FOLLOW_UP]
        stored = engine.ledger.load(incident.id)
        assert stored.approvals == ()
        [change] = stored.changes
        assert (change.outcome, change.reason) == (Outcome.OBSERVED, "nobody decided within 122 minutes")
        with pytest.raises(CountermeasureError, match="nothing waits"):
            approve(engine, incident.id)

    def test_what_was_escalated_can_still_be_approved(
        self, clock: time_machine.Coordinates, waiting: tuple[Engine, Incident]
    ) -> None:
        engine, incident = waiting
        clock.shift(timedelta(minutes=61))
        tend(engine)
        assert approve(engine, incident.id).changes[0].outcome is Outcome.CONTAINED

    def test_after_its_time_an_approval_is_refused_even_before_the_schedule_runs(
        self, clock: time_machine.Coordinates, waiting: tuple[Engine, Incident]
    ) -> None:
        engine, incident = waiting
        clock.shift(timedelta(minutes=61))
        with pytest.raises(CountermeasureError, match="has expired"):
            approve(engine, incident.id)


class TestAfterACrash:
    def test_what_was_approved_is_carried_out_by_the_schedule(
        self, clock: time_machine.Coordinates, waiting: tuple[Engine, Incident]
    ) -> None:
        engine, incident = waiting

        def dies(*_: object) -> None:
            raise KeyboardInterrupt

        dead = replace(engine, hands=Dead(engine.hands, dies))
        with pytest.raises(KeyboardInterrupt):
            approve(dead, incident.id)
        clock.shift(timedelta(minutes=3))
        tend(engine)
        [change] = engine.ledger.load(incident.id).changes
        assert (change.outcome, change.reason) == (Outcome.CONTAINED, f"approved by {ALICE}")


class Dead:
    """Hands that plan, and die when they are to act."""

    def __init__(self, hands: Any, dies: Any) -> None:
        self.hands, self.apply = hands, dies

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hands, name)


class TestOtherDecisions:
    def test_an_acknowledgement_says_who(self, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        decided(engine, Action.ACKNOWLEDGE, incident.id, ANNA)
        stored = engine.ledger.load(incident.id)
        assert (stored.acknowledged_by, [d.result for d in stored.decisions]) == (ANNA, ["acknowledged"])

    def test_a_snooze_needs_a_reason_and_a_time_that_is_offered(self, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        for more, why in (({"minutes": 60}, "needs a reason"), ({"minutes": 7, "reason": "x"}, "60 or 1440 minutes")):
            with pytest.raises(CountermeasureError, match=why):
                decided(engine, Action.SNOOZE, incident.id, **more)
        decided(engine, Action.SNOOZE, incident.id, minutes=60, reason="known")
        assert engine.ledger.load(incident.id).snoozed_until == "2026-08-01T13:00:00+00:00"

    def test_escalating_tells_the_second_channel(
        self, clock: time_machine.Coordinates, waiting: tuple[Engine, Incident]
    ) -> None:
        engine, incident = waiting
        clock.shift(timedelta(seconds=1))
        decided(engine, Action.ESCALATE, incident.id, ANNA)
        assert kinds(engine, incident.id)[-1] is Kind.ESCALATION

    def test_nobody_but_who_was_asked_says_that_it_was_them(self, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        with pytest.raises(NotAllowed, match="only the person who was asked"):
            decided(engine, Action.MINE, incident.id, ANNA)


class TestWasItYou:
    @pytest.fixture
    def asked(self, clock: object, lab: Lab, catalogue: Catalogue) -> tuple[Engine, Incident]:
        what = event(SIGN_IN)
        account = what["detail"]["userIdentity"]["accountId"]
        lab.organization = replace(lab.organization, people={f"root@{account}": "U0000ANNA"})
        engine, incident, _ = played(lab, catalogue, what)
        return engine, incident

    def test_the_named_person_is_asked_in_a_direct_message(self, lab: Lab, asked: tuple[Engine, Incident]) -> None:
        engine, incident = asked
        assert set(kinds(engine, incident.id)) == {Kind.INCIDENT, Kind.QUESTION}
        assert [post["channel"] for post in lab.slack.posted] == ["C0SECURITY", "U0000ANNA"]

    def test_who_says_that_it_was_not_them_has_it_escalated(
        self, clock: time_machine.Coordinates, asked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = asked
        clock.shift(timedelta(seconds=1))
        decided(engine, Action.NOT_MINE, incident.id, ANNA)
        assert kinds(engine, incident.id)[-1] is Kind.ESCALATION
        [said] = engine.ledger.load(incident.id).decisions
        assert said.result == "says that it was NOT them: the credentials are in other hands"

    def test_who_says_that_it_was_them_is_believed_no_further_than_that(
        self, clock: time_machine.Coordinates, asked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = asked
        clock.shift(timedelta(seconds=1))
        decided(engine, Action.MINE, incident.id, ANNA)
        assert kinds(engine, incident.id)[-1] is Kind.FOLLOW_UP
        with pytest.raises(NotAllowed):
            decided(engine, Action.MINE, incident.id, EVE)
