"""What is to hold for a time only: taken back when that is over, once, and only where it is still as we left it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib import reconcile
from chalicelib.catalogue import Catalogue, of
from chalicelib.engine import Engine
from chalicelib.errors import Busy
from chalicelib.expiring import expire
from chalicelib.guardrails import Facts
from chalicelib.incidents import of_stored
from chalicelib.ledger import Ledger
from chalicelib.ledger.lists import due, opened_since
from chalicelib.model import Change, Incident, Mode, Outcome, State
from chalicelib.notify import Notice
from chalicelib.notify.text import render
from chalicelib.records import change_of, change_text
from chalicelib.upkeep import tend
from lab.crashing import Call, Crash, Fuse, gated
from lab.organization import Lab
from lab.scenes.ec2_subnet import outranked
from lab.stage import prepare
from tests.deciding import approve, undo
from tests.replaying import administrator, event, played, told

GUESSING = "guardduty.ec2_attacked_from_outside/fires.password_guessing"
BLOCK, RULE = "ec2.block_ip_in_network_acl", "guardduty.ec2_attacked_from_outside"
A_DAY, SOON = timedelta(hours=24), timedelta(minutes=3)
HELD = "it was to hold 24 hours"


@pytest.fixture
def blocked(clock: time_machine.Coordinates, lab: Lab, catalogue: Catalogue) -> tuple[Engine, Incident]:
    """An address that was blocked ten minutes after it was asked for, and the engine that did it."""
    engine, incident, _ = played(lab, catalogue, event(GUESSING))
    clock.shift(timedelta(minutes=10))
    approved = approve(engine, incident.id)
    tend(engine)
    told(lab)
    return engine, approved


def block(engine: Engine, incident: Incident) -> Change:
    """Return the last change that blocks the address, as the ledger has it."""
    return [each for each in engine.ledger.load(incident.id).changes if each.remediation == BLOCK][-1]


def there(lab: Lab, engine: Engine, incident: Incident) -> State:
    change = block(engine, incident)
    with administrator(lab, change.resource.account, change.resource.region) as aws:
        return reconcile.read(engine.catalogue.remediations[BLOCK], aws, change.resource)


def someone_lets_everybody_in(lab: Lab, change: Change) -> None:
    outranked(lab.boto(change.resource.account, change.resource.region), change.resource)


def leads(lab: Lab) -> list[str]:
    return [headline.split(":")[0] for headline in told(lab)]


def due_now(engine: Engine) -> list[str]:
    return due(engine.ledger.table, engine.clock())


def with_block(engine: Engine, **functions: Any) -> Engine:
    """Return the engine with another remediation in the block's place: AWS refuses, or it has changed since."""
    known = engine.catalogue.remediations
    other = {**known, BLOCK: replace(known[BLOCK], **functions)}
    return replace(engine, catalogue=of(engine.catalogue.rules, other))


def refused(*_: object) -> None:
    raise ValueError("not today")


class TestInTime:
    def test_it_holds_for_a_day_from_when_it_was_done_and_not_from_when_it_was_asked(
        self, lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates
    ) -> None:
        engine, incident, _ = played(lab, catalogue, event(GUESSING))
        assert (block(engine, incident).outcome, due_now(engine)) == (Outcome.AWAITING, [])
        clock.shift(timedelta(minutes=10))
        approve(engine, incident.id)
        change = block(engine, incident)
        assert (change.outcome, change.expires_at) == (Outcome.CONTAINED, "2026-08-02T12:10:00+00:00")

    def test_before_its_time_nothing_is_done_and_nothing_is_due(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        before = engine.ledger.load(incident.id)
        clock.shift(A_DAY - timedelta(seconds=1))
        assert due_now(engine) == []
        assert tend(engine) == 0
        assert engine.ledger.load(incident.id) == before
        assert there(lab, engine, incident)["ingress"] == "denied"
        assert told(lab) == []

    def test_when_it_is_over_exactly_what_was_there_is_back_and_told_once(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        was = block(engine, incident)
        others = [each for each in engine.ledger.load(incident.id).changes if each.id != was.id]
        clock.shift(A_DAY)
        assert due_now(engine) == [incident.id]
        tend(engine)
        change = block(engine, incident)
        assert (change.outcome, change.reason) == (Outcome.UNDONE, HELD)
        assert there(lab, engine, incident) == was.before != was.after
        assert [each for each in engine.ledger.load(incident.id).changes if each.id != was.id] == others
        assert leads(lab) == ["Expired"]
        assert [bool(post.get("thread_ts")) for post in lab.slack.posted][-1]
        clock.shift(SOON)
        assert (tend(engine), told(lab), due_now(engine)) == (0, [], [])
        assert block(engine, incident) == change

    def test_it_says_until_when_it_holds_while_it_does(
        self, lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates
    ) -> None:
        engine, incident, _ = played(lab, catalogue, event(GUESSING))
        assert "Until:" not in shown(engine, incident)
        clock.shift(60)
        approve(engine, incident.id)
        assert "  Until: 2026-08-02T12:01:00+00:00" in shown(engine, incident)
        assert "Until: <!date^1785672060^" in json.dumps(lab.slack.posted[-1])
        clock.shift(A_DAY)
        tend(engine)
        assert "Until:" not in (last := shown(engine, incident))
        assert f"  Reason: {HELD}" in last

    def test_what_never_expires_says_and_waits_for_nothing(
        self, lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates
    ) -> None:
        engine, incident, _ = played(lab, catalogue, event("cloudtrail.security_group_opened/fires.ipv4"))
        [change] = engine.ledger.load(incident.id).changes
        assert (change.outcome, change.expires_at) == (Outcome.CONTAINED, "")
        assert "expires_at" not in change_text(change)  # as what was recorded before there was such a thing
        clock.shift(10 * A_DAY)
        assert (tend(engine), due_now(engine)) == (0, [])

    def test_found_again_after_that_it_is_answered_again(
        self, lab: Lab, clock: time_machine.Coordinates, catalogue: Catalogue
    ) -> None:
        engine, incident, what = played(lab, catalogue, event(GUESSING))
        approve(engine, incident.id)
        clock.shift(A_DAY)
        tend(engine)
        again = engine.handle(renewed(what, "2026-08-02T12:00:00.000Z"))[0]
        waits = block(engine, again)
        assert waits.outcome is Outcome.AWAITING
        assert not [each for each in waits.ceilings if "undone" in each.reason]
        approve(engine, again.id)
        assert block(engine, again).expires_at == "2026-08-03T12:00:00+00:00"
        assert there(lab, engine, again)["ingress"] == "denied"
        clock.shift(A_DAY)
        tend(engine)
        assert there(lab, engine, again)["ingress"] == "passed"

    def test_what_was_done_again_meanwhile_holds_its_own_time_and_goes_back_to_the_first_before(
        self, lab: Lab, clock: time_machine.Coordinates, catalogue: Catalogue
    ) -> None:
        engine, incident, what = played(lab, catalogue, event(GUESSING))
        approve(engine, incident.id)
        first = block(engine, incident)
        clock.shift(timedelta(hours=2))
        someone_lets_it_pass(lab, first)
        engine.handle(renewed(what, "2026-08-01T14:00:00.000Z"))
        approve(engine, incident.id)
        tend(engine)
        assert block(engine, incident).id != first.id
        clock.shift(timedelta(hours=22))
        tend(engine)
        assert (there(lab, engine, incident)["ingress"], due_now(engine)) == ("denied", [])
        clock.shift(timedelta(hours=2))
        tend(engine)
        assert there(lab, engine, incident) == first.before
        both = [each for each in engine.ledger.load(incident.id).changes if each.remediation == BLOCK]
        assert [each.outcome for each in both] == [Outcome.UNDONE, Outcome.UNDONE]


def renewed(what: Mapping[str, Any], at: str) -> dict[str, Any]:
    """Return the event of the same finding, seen again."""
    detail = {**what["detail"], "updatedAt": at}
    detail["service"] = {**detail["service"], "eventLastSeen": at, "count": detail["service"].get("count", 1) + 1}
    return {**what, "id": f"again at {at}", "time": at, "detail": detail}


def someone_lets_it_pass(lab: Lab, change: Change) -> None:
    ec2: Any = lab.boto(change.resource.account, change.resource.region).client("ec2")
    for each in ec2.describe_network_acls(NetworkAclIds=[change.after["acl"]])["NetworkAcls"][0]["Entries"]:
        if each.get("CidrBlock", "").endswith("/32"):
            ec2.delete_network_acl_entry(
                NetworkAclId=change.after["acl"], RuleNumber=each["RuleNumber"], Egress=each["Egress"]
            )


def shown(engine: Engine, incident: Incident) -> str:
    """Return the text of what was told last."""
    notices = [Notice.from_json(told.body) for told in engine.ledger.load(incident.id).notices]
    return render(max(notices, key=lambda notice: notice.at))


def test_a_change_survives_the_ledger_with_its_time(blocked: tuple[Engine, Incident]) -> None:
    change = block(*blocked)
    assert change.expires_at
    assert change_of(change_text(change)) == change


class TestWhatChangedMeanwhile:
    def test_drift_is_told_and_not_forced(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        someone_lets_everybody_in(lab, block(engine, incident))
        drifted = there(lab, engine, incident)
        clock.shift(A_DAY)
        tend(engine)
        change = block(engine, incident)
        assert (change.outcome, change.reason.split(";")[0]) == (
            Outcome.DRIFTED,
            f"{HELD}: it is no longer as we left it",
        )
        assert leads(lab) == ["Not undone"]
        clock.shift(SOON)
        assert (tend(engine), told(lab), due_now(engine)) == (0, [], [])
        assert there(lab, engine, incident) == drifted
        assert f"Undo: countermeasure undo {incident.id} --force" in shown(engine, incident)

    def test_what_someone_let_pass_already_has_expired_without_a_write(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        was = block(engine, incident)
        someone_lets_it_pass(lab, was)
        clock.shift(A_DAY)
        tend(engine)
        change = block(engine, incident)
        assert (change.outcome, leads(lab)) == (Outcome.UNDONE, ["Expired"])
        new = change.calls[len(was.calls) :]
        assert new
        assert not [call.operation for call in new if ":Describe" not in call.operation]

    def test_what_is_no_longer_in_the_catalogue_is_kept_and_told_once(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        others = {id_: each for id_, each in engine.catalogue.remediations.items() if id_ != BLOCK}
        newer = replace(engine, catalogue=of(engine.catalogue.rules, others))
        clock.shift(A_DAY)
        tend(newer)
        change = block(engine, incident)
        assert change.outcome is Outcome.KEPT
        assert change.reason.endswith(f"{BLOCK} is no longer in the catalogue: undo it by hand")
        assert (leads(lab), due_now(engine)) == (["Not undone"], [])

    def test_while_the_kill_switch_lets_nothing_be_changed_it_stays_and_is_due(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        clock.shift(A_DAY)
        tend(replace(engine, facts=lambda: Facts(engine.clock(), lambda: (Mode.OBSERVE, "incident 42"))))
        assert (block(engine, incident).outcome, due_now(engine)) == (Outcome.CONTAINED, [incident.id])
        assert leads(lab) == ["Told"]  # of the switch
        tend(replace(engine, facts=lambda: Facts(engine.clock(), lambda: (Mode.APPROVE, "incident 42"))))
        assert block(engine, incident).outcome is Outcome.UNDONE


class TestFailures:
    def test_what_aws_refuses_is_told_once_tried_again_and_told_when_it_is_done(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        failing = with_block(engine, write=refused)
        clock.shift(A_DAY)
        tend(failing)
        begun = block(engine, incident)
        assert (begun.outcome, begun.reason) == (Outcome.UNDOING, f"{HELD}: ValueError: not today")
        assert leads(lab) == ["Not undone"]
        for _ in range(3):
            clock.shift(timedelta(minutes=16))
            assert due_now(engine) == [incident.id]
            tend(failing)
        assert (block(engine, incident), told(lab)) == (begun, [])
        clock.shift(timedelta(minutes=16))
        tend(engine)
        assert (block(engine, incident).outcome, leads(lab)) == (Outcome.UNDONE, ["Expired"])
        assert there(lab, engine, incident)["ingress"] == "passed"

    def test_after_a_day_of_that_it_is_left_to_people(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        failing = with_block(engine, write=refused)
        for hours in (24, 24):
            clock.shift(timedelta(hours=hours))
            tend(failing)
        change = block(engine, incident)
        assert (change.outcome, change.reason) == (
            Outcome.KEPT,
            f"{HELD}: ValueError: not today: undo it again",
        )
        assert leads(lab) == ["Not undone", "Not undone"]
        assert due_now(engine) == []
        undo(engine, incident.id)
        assert there(lab, engine, incident)["ingress"] == "passed"

    @pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
    def test_a_crash_at_any_call_converges_on_what_was_there_first(
        self, lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates, after: bool
    ) -> None:
        for number in range(1, 200, 9):
            clock.move_to("2026-08-01T12:00:00+00:00")
            lab.reset()
            engine, incident, _ = played(lab, catalogue, event(GUESSING))
            approve(engine, incident.id)
            first = block(engine, incident).before
            told(lab)
            clock.shift(A_DAY)
            try:
                with gated(Fuse(number, after=after)):
                    tend(engine)
            except Crash:
                for _ in range(2):
                    clock.shift(SOON)
                    tend(lab.engine(catalogue))
                change = block(engine, incident)
                assert (number, change.outcome, change.reason) == (number, Outcome.UNDONE, HELD)
                assert there(lab, engine, incident) == first
                said = leads(lab)
                assert set(said) == {"Expired"}
                assert len(said) <= 2  # the second where it crashed between telling and keeping the receipt
                assert due_now(engine) == []
            else:
                assert number > 20
                return
        pytest.fail("it never ran through")

    def test_an_attempt_that_died_with_the_address_blocked_is_taken_back_in_time_too(
        self, lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates
    ) -> None:
        rules = {**catalogue.rules, RULE: replace(catalogue.rules[RULE], mode=Mode.ENFORCE)}
        at_once = of(rules, catalogue.remediations)
        stage = prepare(lab, at_once, event(GUESSING))

        def dies_once_it_is_written(call: Call) -> Any:
            made = call.make()
            if call.name == "ec2:CreateNetworkAclEntry":
                written.append(call.name)
            if len(written) == 2:
                raise Crash
            return made

        written: list[str] = []
        with pytest.raises(Crash), gated(dies_once_it_is_written):
            lab.engine(at_once).handle(stage.event)
        clock.shift(SOON)
        engine = lab.engine(at_once)
        tend(engine)  # the event is never delivered again
        [id_] = opened_since(engine.ledger.table, engine.clock() - A_DAY, engine.clock())
        incident = of_stored(engine.ledger.load(id_), at_once)
        change = block(engine, incident)
        assert (change.outcome, change.expires_at) == (Outcome.INTENDED, "2026-08-02T12:00:00+00:00")
        assert there(lab, engine, incident) == change.after
        clock.shift(A_DAY)
        tend(engine)
        assert block(engine, incident).outcome is Outcome.UNDONE
        assert there(lab, engine, incident) == change.before


class TestPeople:
    def test_what_people_undid_is_no_longer_due_and_the_rule_only_watches(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        undo(engine, incident.id)
        told(lab)
        undone = block(engine, incident)
        assert (undone.outcome, undone.expires_at) == (Outcome.UNDONE, "")
        assert undone.reason == f"from now on {RULE} only watches this resource"
        clock.shift(A_DAY)
        assert (tend(engine), told(lab)) == (0, [])
        assert block(engine, incident) == undone

    def test_an_undo_of_people_that_is_not_yet_seen_to_hold_stays_theirs(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        clock.shift(A_DAY - timedelta(minutes=30))
        undo(with_block(engine, write=refused), incident.id)
        assert block(engine, incident).outcome is Outcome.UNDOING
        someone_lets_it_pass(lab, block(engine, incident))
        clock.shift(timedelta(hours=1))
        told(lab)
        tend(engine)
        change = block(engine, incident)
        assert (change.outcome, change.reason) == (
            Outcome.UNDONE,
            f"from now on {RULE} only watches this resource",
        )
        assert leads(lab) == ["Undone"]

    def test_where_people_undo_it_at_the_same_time_they_go_first_or_it_was_done_already(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        clock.shift(A_DAY)
        seen = engine.ledger.load(incident.id)
        undo(engine, incident.id)
        undone, calls = block(engine, incident), told(lab)
        with pytest.raises(Busy):
            expire(engine, seen)
        assert (block(engine, incident), told(lab)) == (undone, [])
        assert [headline.split(":")[0] for headline in calls] == ["Undone"]

    def test_an_undo_that_was_asked_for_just_before_goes_on_with_the_rest(
        self, lab: Lab, clock: time_machine.Coordinates, blocked: tuple[Engine, Incident]
    ) -> None:
        engine, incident = blocked
        [closed] = [each for each in engine.ledger.load(incident.id).changes if each.remediation != BLOCK]
        assert closed.outcome is Outcome.CONTAINED
        clock.shift(A_DAY)
        seen = engine.ledger.load(incident.id)
        with pytest.raises(Busy):
            undo(replace(engine, ledger=Beaten(engine.ledger)), incident.id)  # type: ignore[arg-type]
        expire(engine, engine.ledger.load(incident.id))
        assert block(engine, incident).outcome is Outcome.CONTAINED  # people go first, where they are seen
        expire(engine, seen)
        assert block(engine, incident).outcome is Outcome.UNDONE
        clock.shift(SOON)
        tend(engine)
        stored = engine.ledger.load(incident.id)
        assert {each.remediation: each.outcome for each in stored.changes} == {
            closed.remediation: Outcome.UNDONE,
            BLOCK: Outcome.UNDONE,
        }
        assert block(engine, incident).reason == HELD
        assert stored.approvals == ()


class Beaten:
    """A ledger in which somebody else was always faster to hold a resource."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def resume(self, *_: object) -> None:
        raise Busy("somebody is faster")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)
