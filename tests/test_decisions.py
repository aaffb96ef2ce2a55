"""What people decide: approvals of exactly what was shown, and undo that refuses what it does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.acting import Step
from chalicelib.catalogue import Catalogue, of
from chalicelib.engine import Engine
from chalicelib.errors import Busy, CountermeasureError, UnknownIncident
from chalicelib.ledger import Stored
from chalicelib.model import Incident, Mode, Outcome
from chalicelib.organization import Environment
from chalicelib.units import Unit
from lab.network import tcp
from lab.organization import Lab
from tests.deciding import ALICE, BOB, approve, undo
from tests.replaying import event, played, told

TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
KEY = "guardduty.long_term_key_misused/fires.called_from_tor"
MINING = "guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool"
GROUP = "cloudtrail.security_group_opened/fires.ipv4"
OPENED = [tcp(3389, "0.0.0.0/0")]


def outcomes(incident: Incident) -> list[str]:
    return [change.outcome.value for change in incident.changes]


def taken_back(engine: Engine, incident: Incident, **more: bool) -> Incident:
    return undo(engine, incident.id, reason="false alarm", **more)


def ec2(lab: Lab, incident: Incident) -> Any:
    resource = incident.changes[0].resource
    return lab.boto(resource.account, resource.region).client("ec2")


class TestApprovals:
    @pytest.fixture
    def waiting(self, lab: Lab, catalogue: Catalogue) -> tuple[Engine, Incident]:
        lab.reset(Mode.APPROVE)
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        assert outcomes(incident) == ["awaiting approval"]
        told(lab)
        return engine, incident

    def test_an_approval_carries_out_exactly_what_was_shown(self, lab: Lab, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        done = approve(engine, incident.id)
        [change] = done.changes
        assert (change.outcome, change.reason) == (Outcome.CONTAINED, f"approved by {ALICE}")
        assert (change.before, change.after) == (incident.changes[0].before, [])
        assert [call.operation for call in change.calls] == ["ec2:RevokeSecurityGroupIngress"]
        assert [headline.split(":")[0] for headline in told(lab)] == ["Contained"]
        assert [post.get("thread_ts") for post in lab.slack.posted] == [None, "1700000001.000100"]

    def test_one_approval_is_carried_out_once(self, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        approve(engine, incident.id)
        with pytest.raises(CountermeasureError, match="nothing waits for approval"):
            approve(engine, incident.id, by=BOB)

    def test_two_approvals_at_once_are_carried_out_once(self, lab: Lab, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        stored = engine.ledger.load(incident.id)
        approve(engine, incident.id)
        late = replace(engine, ledger=Late(engine.ledger, stored))
        with pytest.raises(Busy):
            approve(late, incident.id, by=BOB)

    def test_what_changed_since_it_was_shown_is_asked_again(self, lab: Lab, waiting: tuple[Engine, Incident]) -> None:
        engine, incident = waiting
        resource = incident.changes[0].resource
        group = ec2(lab, incident)
        group.revoke_security_group_ingress(GroupId=resource.id, IpPermissions=OPENED)
        asked = approve(engine, incident.id)
        [change] = asked.changes
        assert change.outcome is Outcome.AWAITING
        assert change.digest != incident.changes[0].digest
        assert "has changed since" in change.reason
        assert [headline.split(":")[0] for headline in told(lab)] == ["Waiting for approval"]
        assert outcomes(approve(engine, incident.id)) == ["contained"]

    def test_what_a_guardrail_forbids_meanwhile_is_not_carried_out(
        self, lab: Lab, waiting: tuple[Engine, Incident]
    ) -> None:
        engine, incident = waiting
        watched = {name: Environment(name, Mode.OBSERVE) for name in engine.organization.environments}
        lowered = replace(engine, organization=replace(engine.organization, environments=watched))
        assert outcomes(approve(lowered, incident.id)) == ["observed"]

    def test_where_the_guardrails_rose_meanwhile_only_what_was_shown_is_done(
        self, lab: Lab, waiting: tuple[Engine, Incident]
    ) -> None:
        engine, incident = waiting
        raised = {name: Environment(name, Mode.ENFORCE) for name in engine.organization.environments}
        risen = replace(engine, organization=replace(engine.organization, environments=raised))
        group = ec2(lab, incident)
        group.revoke_security_group_ingress(GroupId=incident.changes[0].resource.id, IpPermissions=OPENED)
        assert outcomes(approve(risen, incident.id)) == ["awaiting approval"]
        assert outcomes(approve(risen, incident.id)) == ["contained"]


class TestUndo:
    def test_undo_goes_in_reverse_order_and_keeps_the_evidence(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, _ = played(lab, catalogue, event(MINING))
        undone = taken_back(engine, incident)
        assert {change.remediation: change.outcome for change in undone.changes} == {
            "ec2.snapshot_volumes": Outcome.KEPT,
            "ec2.isolate_instance": Outcome.UNDONE,
        }
        assert undone.changes[0].reason == catalogue.remediations["ec2.snapshot_volumes"].confirm_undo
        assert outcomes(taken_back(engine, incident, confirm=True)) == ["undone", "undone"]

    def test_a_leaked_key_is_activated_again_only_when_confirmed(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, _ = played(lab, catalogue, event(KEY))
        assert outcomes(taken_back(engine, incident)) == ["kept"]
        assert outcomes(taken_back(engine, incident, confirm=True)) == ["undone"]

    def test_undo_refuses_what_someone_changed_since_and_shows_what_is_there(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        told(lab)
        ec2(lab, incident).authorize_security_group_ingress(
            GroupId=incident.changes[0].resource.id, IpPermissions=OPENED
        )
        [refused] = taken_back(engine, incident).changes
        assert refused.outcome is Outcome.DRIFTED
        assert '"from":3389' in refused.reason
        assert [headline.split(":")[0] for headline in told(lab)] == ["Not undone"]

    def test_a_forced_undo_restores_it_all_the_same(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        ec2(lab, incident).authorize_security_group_ingress(
            GroupId=incident.changes[0].resource.id, IpPermissions=OPENED
        )
        taken_back(engine, incident)
        assert outcomes(taken_back(engine, incident, force=True)) == ["undone"]

    def test_what_someone_put_back_already_is_undone(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, _ = played(lab, catalogue, event(TRAIL))
        trail = incident.changes[0].resource
        lab.boto(trail.account, trail.region).client("cloudtrail").stop_logging(Name=trail.id)
        assert outcomes(taken_back(engine, incident, confirm=True)) == ["undone"]

    def test_changes_on_one_resource_go_back_to_what_was_there_before_the_first(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        engine, incident, what = played(lab, catalogue, event(GROUP))
        group = incident.changes[0].resource
        ec2(lab, incident).authorize_security_group_ingress(GroupId=group.id, IpPermissions=OPENED)
        engine.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
        assert outcomes(taken_back(engine, incident)) == ["undone", "undone"]
        [step] = engine.hands.plan([undone_step(engine, incident)])
        assert step.now == incident.changes[0].before

    def test_what_was_undone_is_only_watched_from_then_on(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, what = played(lab, catalogue, event(GROUP))
        taken_back(engine, incident)
        [again] = engine.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
        [undone, change] = engine.ledger.load(again.id).changes
        assert undone.reason == "from now on cloudtrail.security_group_opened only watches this resource"
        assert change.outcome is Outcome.OBSERVED
        assert [ceiling.reason for ceiling in change.ceilings] == [
            f"this rule was undone on this resource: by {ALICE}: false alarm"
        ]

    def test_what_is_only_watched_by_now_is_no_longer_asked(self, lab: Lab, catalogue: Catalogue) -> None:
        lab.reset(Mode.APPROVE)
        engine, incident, what = played(lab, catalogue, event(GROUP))
        approve(engine, incident.id)
        group = {"GroupId": incident.changes[0].resource.id, "IpPermissions": OPENED}
        ec2(lab, incident).authorize_security_group_ingress(**group)
        engine.handle({**what, "detail": {**what["detail"], "eventID": "waits"}})
        assert outcomes(taken_back(engine, incident, force=True)) == ["undone", "awaiting approval"]
        engine.handle({**what, "detail": {**what["detail"], "eventID": "watched"}})
        stored = engine.ledger.load(incident.id)
        assert [change.outcome for change in stored.changes][1:] == [Outcome.AWAITING, Outcome.OBSERVED]
        assert stored.approvals == ()
        with pytest.raises(CountermeasureError, match="nothing waits for approval"):
            approve(engine, incident.id)

    def test_nothing_changed_means_nothing_to_undo(self, lab: Lab, catalogue: Catalogue) -> None:
        lab.reset(Mode.OBSERVE)
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        with pytest.raises(CountermeasureError, match="nothing was changed"):
            taken_back(engine, incident)

    def test_an_unknown_incident_is_said_to_be_unknown(self, lab: Lab, catalogue: Catalogue) -> None:
        with pytest.raises(UnknownIncident, match="no incident 'inc-none'"):
            undo(lab.engine(catalogue), "inc-none")

    def test_a_failed_undo_can_be_tried_again(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        unit = catalogue.remediations["ec2.revoke_open_ingress"]

        def refused(*_: object) -> None:
            raise ValueError("not today")

        bad = of(catalogue.rules, {**catalogue.remediations, unit.id: replace(unit, write=refused)})
        [change] = taken_back(replace(engine, catalogue=bad), incident).changes
        assert (change.outcome, change.reason) == (Outcome.UNDOING, "ValueError: not today")
        assert outcomes(taken_back(engine, incident)) == ["undone"]

    @pytest.mark.parametrize("why", ["what was copied out stays out", ""])
    def test_what_cannot_be_undone_is_kept_and_says_why(self, lab: Lab, catalogue: Catalogue, why: str) -> None:
        engine, incident, _ = played(lab, catalogue, event(GROUP))
        unit = catalogue.remediations["ec2.revoke_open_ingress"]
        others = {id_: other for id_, other in catalogue.remediations.items() if id_ != unit.id}
        known = {**others, unit.id: replace(unit, irreversible=why)} if why else others
        [change] = taken_back(replace(engine, catalogue=of(catalogue.rules, known)), incident).changes
        assert change.outcome is Outcome.KEPT
        assert change.reason == (why or "ec2.revoke_open_ingress is no longer in the catalogue: undo it by hand")


def undone_step(engine: Engine, incident: Incident) -> Step:
    """Return a step that looks at what the incident's first change was about."""
    [response] = incident.responses
    change = incident.changes[0]
    unit = Unit(response.rule, engine.catalogue.remediations[change.remediation], change.resource)
    return Step(unit, replace(change, digest=""))


class Late:
    """A ledger as somebody saw it who loaded the incident a moment ago."""

    def __init__(self, ledger: Any, stored: Stored) -> None:
        self.ledger, self.stored = ledger, stored

    def load(self, _: str) -> Stored:
        return self.stored

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)
