"""The engine: what is done, recorded and told of an event, however often and in whatever order it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from chalicelib.catalogue import Catalogue, of
from chalicelib.engine import Engine
from chalicelib.errors import Busy, MalformedEvent, NotSecurityEvent
from chalicelib.model import Incident, Mode, Outcome, Resource, Session, State
from chalicelib.upkeep import tend
from lab.organization import Lab
from lab.stage import prepare
from tests.replaying import event, played, told

TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
MINING = "guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool"
GROUP = "cloudtrail.security_group_opened/fires.ipv4"
ROOT = "signin.root_login/fires.without_mfa"


def outcomes(incident: Incident) -> dict[str, str]:
    return {change.remediation: change.outcome.value for change in incident.changes}


def broken(catalogue: Catalogue, remediation: str, **functions: Callable[..., Any]) -> Catalogue:
    """Return the catalogue with other functions in one remediation: AWS refuses, or the code is wrong."""
    unit = replace(catalogue.remediations[remediation], **functions)  # type: ignore[arg-type]
    rules = {
        id_: replace(rule, respond=tuple(unit if own.id == remediation else own for own in rule.respond))
        for id_, rule in catalogue.rules.items()
    }
    return of(rules, {**catalogue.remediations, remediation: unit})


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


class TestModes:
    @pytest.mark.parametrize(
        ("mode", "outcome", "headline"),
        [
            (Mode.OBSERVE, "observed", "Would change"),
            (Mode.APPROVE, "awaiting approval", "Waiting for approval"),
            (Mode.ENFORCE, "contained", "Contained"),
        ],
    )
    def test_the_environments_mode_decides_how_far_it_goes(
        self, lab: Lab, catalogue: Catalogue, mode: Mode, outcome: str, headline: str
    ) -> None:
        lab.reset(mode)
        _, incident, _ = played(lab, catalogue, event(TRAIL))
        assert outcomes(incident) == {"cloudtrail.start_logging": outcome}
        assert [change.mode for change in incident.changes] == [mode]
        assert logging(lab, incident) is (mode is Mode.ENFORCE)
        assert [line.split(":")[0] for line in told(lab)] == [headline]

    def test_off_does_nothing_records_nothing_and_tells_nobody(self, lab: Lab, catalogue: Catalogue) -> None:
        lab.reset(Mode.OFF)
        engine, incident, _ = played(lab, catalogue, event(TRAIL))
        assert outcomes(incident) == {"cloudtrail.start_logging": "off"}
        assert told(lab) == []
        assert engine.ledger.table.query(f"incident#{incident.id}") == {}

    def test_every_reason_that_lowered_the_mode_is_kept(self, lab: Lab, catalogue: Catalogue) -> None:
        lab.reset(Mode.APPROVE)
        sample = event(MINING, detail__service__additionalInfo={"sample": True})
        _, incident, _ = played(lab, catalogue, sample)
        said = {(ceiling.guardrail, ceiling.mode) for ceiling in incident.changes[0].ceilings}
        assert said == {("finding", Mode.OBSERVE), ("environment mode", Mode.APPROVE)}
        assert incident.changes[0].mode is Mode.OBSERVE

    def test_a_rule_that_has_nothing_to_change_tells(self, lab: Lab, catalogue: Catalogue) -> None:
        _, incident, _ = played(lab, catalogue, event(ROOT))
        assert (incident.changes, [response.rule.id for response in incident.responses]) == ((), ["signin.root_login"])
        assert len(told(lab)) == 1

    def test_what_countermeasure_did_itself_is_not_answered(self, lab: Lab, catalogue: Catalogue) -> None:
        ours = f"arn:aws:iam::111122223333:role/{lab.organization.responder}"
        identity = {
            "type": "AssumedRole",
            "accountId": "111122223333",
            "arn": f"arn:aws:sts::111122223333:assumed-role/{lab.organization.responder}/inc-1",
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ours, "accountId": "111122223333"}},
        }
        what = event(TRAIL, detail__userIdentity=identity, detail__recipientAccountId="111122223333")
        _, incident, _ = played(lab, catalogue, what)
        assert outcomes(incident) == {"cloudtrail.start_logging": "off"}
        assert told(lab) == []


class TestEvents:
    def test_what_is_no_security_event_is_refused_by_name(self, lab: Lab, catalogue: Catalogue) -> None:
        with pytest.raises(NotSecurityEvent, match=r"not a security event: aws\.s3 Object Created"):
            lab.engine(catalogue).handle({"source": "aws.s3", "detail-type": "Object Created", "detail": {}})

    def test_a_malformed_event_is_refused_with_the_reason(self, lab: Lab, catalogue: Catalogue) -> None:
        with pytest.raises(MalformedEvent):
            lab.engine(catalogue).handle({"source": "aws.guardduty", "detail-type": "GuardDuty Finding", "detail": {}})

    def test_an_event_that_fires_no_rule_leaves_no_trace(self, lab: Lab, catalogue: Catalogue) -> None:
        engine = lab.engine(catalogue)
        assert engine.handle(event("cloudtrail.trail_logging_stopped/ignores.started")) == ()
        assert told(lab) == []

    def test_a_gone_resource_is_no_error(self, lab: Lab, catalogue: Catalogue) -> None:
        [incident] = lab.engine(catalogue).handle(event(MINING))
        assert set(outcomes(incident).values()) == {"gone"}
        assert [line.split(":")[0] for line in told(lab)] == ["Nothing to do"]

    def test_a_compliant_resource_is_no_error_and_is_left_alone(self, lab: Lab, catalogue: Catalogue) -> None:
        stage = prepare(lab, catalogue, event(TRAIL))
        [trail] = stage.made
        lab.boto(trail.account, trail.region).client("cloudtrail").start_logging(Name=trail.id)
        [incident] = lab.engine(catalogue).handle(stage.event)
        [change] = incident.changes
        assert (change.outcome, change.calls) == (Outcome.COMPLIANT, ())


class TestRepeats:
    def test_news_of_a_finding_acts_again_only_if_the_resource_left_its_state(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        engine, first, what = played(lab, catalogue, event(MINING))
        again = with_news(what, 2)
        told(lab)
        [second] = engine.handle(again)
        assert (second.id, set(outcomes(second).values()), told(lab)) == (first.id, {"compliant"}, [])
        reopen(lab, first)
        [third] = engine.handle(with_news(what, 3))
        assert outcomes(third)["ec2.isolate_instance"] == "contained"
        assert [line.split(":")[0] for line in told(lab)] == ["Contained"]
        assert third.id == first.id

    def test_a_finding_that_is_only_watched_is_told_once(self, lab: Lab, catalogue: Catalogue) -> None:
        lab.reset(Mode.OBSERVE)
        engine, _, what = played(lab, catalogue, event(MINING))
        engine.handle(with_news(what, 2))
        assert len(told(lab)) == 1

    def test_another_finding_on_the_same_resource_joins_the_open_incident(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, first, what = played(lab, catalogue, event(GROUP))
        other = {**what, "detail": {**what["detail"], "eventID": "another-event"}}
        [second] = engine.handle(other)
        assert second.id == first.id
        assert second.count == 2
        assert [post.get("thread_ts") for post in lab.slack.posted] == [None, "1700000001.000100"]

    def test_an_incident_that_was_quiet_for_a_day_is_not_joined(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, first, what = played(lab, catalogue, event(GROUP))
        later = at(engine, datetime.now(UTC) + timedelta(hours=25))
        [second] = later.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
        assert second.id != first.id

    def test_a_redelivery_a_week_later_is_still_known(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, first, what = played(lab, catalogue, event(GROUP))
        told(lab)
        [second] = at(engine, datetime.now(UTC) + timedelta(days=7)).handle(what)
        assert (second.id, told(lab)) == (first.id, [])


class TestFailures:
    def test_one_failure_does_not_hold_back_the_other_steps_and_is_told(self, lab: Lab, catalogue: Catalogue) -> None:
        bad = broken(catalogue, "ec2.snapshot_volumes", write=raising(ValueError("no room for snapshots")))
        _, incident, _ = played(lab, bad, event(MINING))
        assert outcomes(incident) == {"ec2.snapshot_volumes": "failed", "ec2.isolate_instance": "contained"}
        assert "no room for snapshots" in incident.changes[0].reason
        assert [line.split(":")[0] for line in told(lab)] == ["Not contained"]

    def test_a_failed_read_is_told_too(self, lab: Lab, catalogue: Catalogue) -> None:
        bad = broken(catalogue, "cloudtrail.start_logging", read=raising(KeyError("IsLogging")))
        _, incident, _ = played(lab, bad, event(TRAIL))
        assert outcomes(incident) == {"cloudtrail.start_logging": "failed"}
        assert incident.changes[0].reason == "KeyError: 'IsLogging'"

    def test_a_redelivery_tries_what_failed_again_and_tells_only_what_is_new(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        bad = broken(catalogue, "cloudtrail.start_logging", write=raising(ValueError("not today")))
        engine, first, what = played(lab, bad, event(TRAIL))
        assert len(told(lab)) == 1
        [second] = engine.handle(what)
        assert (outcomes(second), told(lab)) == (outcomes(first), [])
        [third] = lab.engine(catalogue).handle(what)
        assert outcomes(third) == {"cloudtrail.start_logging": "contained"}
        assert third.changes[0].before == {"logging": False}
        assert [line.split(":")[0] for line in told(lab)] == ["Contained"]

    def test_a_write_whose_answer_was_lost_is_seen_to_hold(self, lab: Lab, catalogue: Catalogue) -> None:
        write = catalogue.remediations["cloudtrail.start_logging"].write

        def lost(aws: Session, resource: Resource, now: State, then: State) -> None:
            write(aws, resource, now, then)
            raise TimeoutError("no answer")

        _, incident, _ = played(lab, broken(catalogue, "cloudtrail.start_logging", write=lost), event(TRAIL))
        assert outcomes(incident) == {"cloudtrail.start_logging": "contained"}

    def test_what_is_not_seen_to_hold_is_unverified_and_told_so(self, lab: Lab, catalogue: Catalogue) -> None:
        bad = broken(catalogue, "cloudtrail.start_logging", write=lambda *_: None)
        _, incident, _ = played(lab, bad, event(TRAIL))
        assert outcomes(incident) == {"cloudtrail.start_logging": "unverified"}
        assert [line.split(":")[0] for line in told(lab)] == ["Not yet verified"]

    def test_what_could_not_be_looked_at_says_so_until_the_next_delivery_sees_that_it_holds(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        isolate, snapshot = (catalogue.remediations[f"ec2.{name}"] for name in ("isolate_instance", "snapshot_volumes"))
        written: list[bool] = []

        def write(aws: Session, resource: Resource, before: State, after: State) -> None:
            isolate.write(aws, resource, before, after)
            written.append(True)

        def read(aws: Session, resource: Resource) -> State:
            if written:
                raise TimeoutError("no answer")
            return isolate.read(aws, resource)

        bad = broken(catalogue, isolate.id, write=write, read=read)
        bad = broken(bad, snapshot.id, write=raising(TimeoutError("no answer")))
        _, incident, what = played(lab, bad, event(MINING))
        assert outcomes(incident) == {snapshot.id: "failed", isolate.id: "unverified"}
        assert incident.changes[-1].reason == "it could not be looked at yet: TimeoutError: no answer"
        [incident] = lab.engine(catalogue).handle(what)
        assert {(change.outcome, change.reason) for change in incident.changes} == {(Outcome.CONTAINED, "")}

    def test_what_could_not_be_looked_at_says_so_until_the_schedule_sees_that_it_holds(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        start = catalogue.remediations["cloudtrail.start_logging"]
        states = iter([start.read, *[raising(TimeoutError("no answer"))] * 9])

        def read(aws: Session, resource: Resource) -> State:
            return next(states)(aws, resource)

        with time_machine.travel("2026-08-01T12:00:00+00:00", tick=False) as clock:
            engine, incident, _ = played(lab, broken(catalogue, start.id, read=read), event(TRAIL))
            assert outcomes(incident) == {start.id: "unverified"}
            clock.shift(timedelta(minutes=5))
            tend(lab.engine(catalogue))
        [change] = engine.ledger.load(incident.id).changes
        assert (change.outcome, change.reason) == (Outcome.CONTAINED, "")

    def test_an_account_that_refuses_us_ends_in_failed_with_what_to_check(self, lab: Lab, catalogue: Catalogue) -> None:
        stage = prepare(lab, catalogue, event(TRAIL))
        engine = lab.engine(catalogue)
        refuse(engine)
        [incident] = engine.handle(stage.event)
        assert outcomes(incident) == {"cloudtrail.start_logging": "failed"}
        assert "could not be assumed" in incident.changes[0].reason
        assert "member template" in incident.changes[0].reason
        assert len(told(lab)) == 1

    def test_an_account_that_refuses_us_is_asked_once_for_all_that_is_to_be_done_there(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        stage = prepare(lab, catalogue, event(MINING))
        engine = lab.engine(catalogue)
        asked = refuse(engine)
        [incident] = engine.handle(stage.event)
        assert outcomes(incident) == {"ec2.snapshot_volumes": "failed", "ec2.isolate_instance": "failed"}
        assert len({change.reason for change in incident.changes}) == 1
        assert "could not be assumed" in incident.changes[0].reason
        assert asked == ["countermeasure-plan"]


class TestNotices:
    def test_a_notice_that_slack_does_not_take_is_kept_and_told_when_it_is_due(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        stage = prepare(lab, catalogue, event(TRAIL))
        engine = lab.engine(catalogue)
        down = replace(engine.teller.channels, deliver=lambda *_: {"slack": {"error": "down", "attempts": 1}})
        silent = replace(engine, teller=replace(engine.teller, channels=down))
        [incident] = silent.handle(stage.event)
        assert outcomes(incident) == {"cloudtrail.start_logging": "contained"}
        engine.handle(stage.event)
        tend(engine)
        assert (told(lab), lab.slack.posted) == ([], [])
        with time_machine.travel(engine.clock() + timedelta(minutes=3), tick=False):
            tend(engine)
            assert (len(told(lab)), len(lab.slack.posted)) == (1, 1)
            engine.handle(stage.event)
            tend(engine)
            assert (told(lab), len(lab.slack.posted)) == ([], 1)


class TestSeveralAtOnce:
    def test_while_another_delivery_holds_the_resource_it_waits_and_then_gives_up(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        engine, incident, what = played(lab, catalogue, event(GROUP))
        hold(lab, incident)
        waited: list[float] = []
        with pytest.raises(Busy, match="another delivery is working on 111122223333"):
            replace(engine, sleep=waited.append).handle({**what, "detail": {**what["detail"], "eventID": "e2"}})
        assert waited == [0.0, 0.2, 0.5, 1.0, 2.0, 4.0]

    def test_a_hold_that_a_crash_left_behind_lapses(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, what = played(lab, catalogue, event(GROUP))
        hold(lab, incident)
        later = at(engine, datetime.now(UTC) + timedelta(seconds=121))
        [second] = later.handle({**what, "detail": {**what["detail"], "eventID": "e2"}})
        assert second.id == incident.id

    def test_a_plan_that_another_delivery_made_stale_is_made_again(self, lab: Lab, catalogue: Catalogue) -> None:
        stage = prepare(lab, catalogue, event(GROUP))
        engine = lab.engine(catalogue)
        unit = catalogue.remediations["ec2.revoke_open_ingress"]
        rival = {**stage.event, "detail": {**stage.event["detail"], "eventID": "rival"}}
        raced: list[Incident] = []

        def read(aws: Session, resource: Resource) -> State:
            found = unit.read(aws, resource)
            if not raced:
                raced.append(lab.engine(catalogue).handle(rival)[0])
            return found

        racing = replace(engine, catalogue=broken(catalogue, unit.id, read=read))
        racing = replace(racing, teller=replace(racing.teller, catalogue=racing.catalogue))
        [incident] = racing.handle(stage.event)
        assert outcomes(raced[0]) == {unit.id: "contained"}
        assert [change.outcome for change in incident.changes] == [Outcome.COMPLIANT]
        assert incident.id == raced[0].id


def with_news(what: Any, count: int) -> dict[str, Any]:
    """Return the same GuardDuty finding, sent again with a higher count."""
    service = {**what["detail"]["service"], "count": count}
    return {**what, "detail": {**what["detail"], "service": service, "updatedAt": f"2024-05-15T0{count}:00:00.000Z"}}


def reopen(lab: Lab, incident: Incident) -> None:
    """Someone moves the instance back into its old groups."""
    change = next(c for c in incident.changes if c.remediation == "ec2.isolate_instance")
    ec2 = lab.boto(change.resource.account, change.resource.region).client("ec2")
    [before] = change.before.values()
    for eni, groups in before.items():
        ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Groups=groups)


def logging(lab: Lab, incident: Incident) -> bool:
    trail = incident.changes[0].resource
    status = lab.boto(trail.account, trail.region).client("cloudtrail").get_trail_status(Name=trail.id)
    return bool(status["IsLogging"])


def at(engine: Engine, moment: datetime) -> Engine:
    """Return the engine with its ledger's clock at another time."""
    return replace(engine, ledger=replace(engine.ledger, clock=lambda: moment))


def hold(lab: Lab, incident: Incident) -> None:
    """Hold the incident's resources, as an attempt does that has not ended."""
    until = str(int(datetime.now(UTC).timestamp()) + 120)
    for change in incident.changes:
        lab.hub("dynamodb").update_item(
            TableName="countermeasure",
            Key={"pk": {"S": f"resource#{change.resource.key}"}, "sk": {"S": "head"}},
            UpdateExpression="SET holder = :h, held_until = :u",
            ExpressionAttributeValues={":h": {"S": "rival"}, ":u": {"N": until}},
        )


def refuse(engine: Engine) -> list[object]:
    """Have STS refuse us, as it does where the member template is not deployed; return what sessions were asked for."""
    asked: list[object] = []

    class Refusing:
        def assume_role(self, RoleSessionName: str, **_: object) -> None:  # noqa: N803 - as STS names it
            asked.append(RoleSessionName)
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "is not authorized"}}, "AssumeRole")

    engine.hands.accounts.sts = Refusing()
    return asked
