"""The laws that hold for every remediation of the catalogue. A new one gets them all; it only needs a scene."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from botocore.exceptions import ClientError

from chalicelib import reconcile
from chalicelib.acting import Hands, Step
from chalicelib.catalogue import load
from chalicelib.model import Change, Mode, Outcome, Remediation, Resource, Rule, Severity, State
from chalicelib.records import change_of, change_text
from chalicelib.scope import pins, policy
from chalicelib.units import Unit
from lab.enforcement import enforced
from lab.organization import Lab
from lab.single import MEMBER, Shape, made, scene_of, shapes
from tests.replaying import administrator

REMEDIATIONS = load().remediations
NEIGHBOUR = "555566667777"
READS = ("Get", "List", "Describe", "BatchGet", "Head", "Lookup", "Query")

every = pytest.mark.parametrize("remediation", [pytest.param(unit, id=id_) for id_, unit in REMEDIATIONS.items()])


@dataclass(frozen=True, slots=True)
class Stage:
    """One insecure resource in a member account, and the hands that act on it as the deployed engine does."""

    lab: Lab
    remediation: Remediation
    resource: Resource
    hands: Hands

    def step(self) -> Step:
        rule = Rule("test.law", "Law", {}, Severity.LOW, "", (self.remediation,))
        change = Change("1", "inc-test", "f", rule.id, self.remediation.id, self.resource, Mode.ENFORCE, Outcome.OFF)
        return Step(Unit(rule, self.remediation, self.resource), change)

    def plan(self) -> Step:
        return self.hands.plan([self.step()])[0]

    def apply(self) -> Step:
        applied = self.hands.apply([self.plan()])[0]
        assert applied.change.outcome is Outcome.CONTAINED, applied.change.reason
        return applied

    def read(self, account: str = MEMBER) -> State:
        with administrator(self.lab, account, self.resource.region) as aws:
            return reconcile.read(self.remediation, aws, replace(self.resource, account=account))


def staged(lab: Lab, remediation: Remediation, account: str = MEMBER) -> Stage:
    engine = lab.engine(load(sources=("signin",)))
    return Stage(lab, remediation, made(lab, remediation, account), engine.hands)


@every
def test_after_apply_it_holds_and_a_second_plan_is_a_no_op(lab: Lab, remediation: Remediation) -> None:
    stage = staged(lab, remediation)
    assert stage.plan().change.outcome is Outcome.INTENDED
    applied = stage.apply().change
    assert stage.read() == applied.after
    assert stage.plan().change.outcome is Outcome.COMPLIANT


@every
def test_a_plan_makes_no_write_call(lab: Lab, remediation: Remediation) -> None:
    stage = staged(lab, remediation)
    with administrator(lab, MEMBER, stage.resource.region) as aws:
        reconcile.plan(remediation, aws, stage.resource)
    operations = [call.operation.split(":")[1] for call in aws.calls]
    assert operations
    assert [name for name in operations if not name.startswith(READS)] == []


@every
def test_undo_restores_what_was_there_before(lab: Lab, remediation: Remediation) -> None:
    stage = staged(lab, remediation)
    before = stage.read()
    applied = stage.apply()
    if remediation.irreversible:
        return
    undone = stage.hands.undo([applied])[0].change
    assert (undone.outcome, undone.reason) == (Outcome.UNDONE, "")
    assert stage.read() == before == applied.change.before


@every
def test_undo_refuses_what_is_no_longer_as_we_left_it(lab: Lab, remediation: Remediation) -> None:
    stage = staged(lab, remediation)
    applied = stage.apply()
    drift = scene_of(remediation).drift.get(remediation.id)
    if drift:
        drift(lab.boto(MEMBER, stage.resource.region), stage.resource)
    else:  # its state has no third value: we left another one than is there now
        applied = replace(applied, change=replace(applied.change, before={"other": 1}, after={"other": 2}))
    drifted = stage.read()
    refused = stage.hands.undo([applied])[0].change
    assert refused.outcome is Outcome.DRIFTED
    assert stage.read() == drifted


@every
def test_before_and_after_survive_the_ledger(lab: Lab, remediation: Remediation) -> None:
    change = staged(lab, remediation).apply().change
    assert change_of(change_text(change)) == change


@every
def test_all_calls_land_in_the_member_account(lab: Lab, remediation: Remediation) -> None:
    stage = staged(lab, remediation)
    twin = staged(lab, remediation, NEIGHBOUR)
    untouched = twin.read(NEIGHBOUR)
    stage.apply()
    assert twin.read(NEIGHBOUR) == untouched


@every
def test_reads_are_enough_for_a_plan_and_reads_and_writes_are_exactly_what_the_rest_needs(
    lab: Lab, remediation: Remediation
) -> None:
    needed = {*remediation.reads, *remediation.writes}
    spare = sorted(needed)
    for shape in shapes(remediation):
        assert tried(lab, remediation, set(remediation.reads), shape, plan_only=True) == ""
        assert tried(lab, remediation, needed, shape) == ""
        spare = [action for action in spare if tried(lab, remediation, needed - {action}, shape) == ""]
    assert spare == []


@every
def test_the_session_policy_of_an_apply_fits_into_what_sts_takes(lab: Lab, remediation: Remediation) -> None:
    resource = staged(lab, remediation).resource
    writes = {action: pins(remediation, resource) for action in remediation.writes}
    assert len(policy(remediation.reads, writes)) <= 2048  # STS AssumeRole, parameter Policy


def test_what_expires_is_taken_back_without_asking_anybody_and_says_when() -> None:
    expiring = {id_: unit for id_, unit in REMEDIATIONS.items() if unit.expires_hours}
    assert list(expiring) == ["ec2.block_ip_in_network_acl"]
    assert [id_ for id_, unit in expiring.items() if unit.confirm_undo or unit.irreversible] == []
    assert [id_ for id_, unit in expiring.items() if f"For {unit.expires_hours} hours" not in unit.impact] == []
    assert [id_ for id_, unit in REMEDIATIONS.items() if unit.expires_hours < 0] == []


def tried(
    lab: Lab, remediation: Remediation, actions: set[str], shape: Shape | None = None, *, plan_only: bool = False
) -> str:
    """Plan, apply and undo with these permissions alone; return the error code that AWS ended it with, if it did."""
    lab.reset()
    stage = staged(lab, remediation)
    if shape:
        shape(lab.boto(MEMBER, stage.resource.region), stage.resource)
    with enforced(lab, MEMBER, actions) as keys, administrator(lab, MEMBER, stage.resource.region, keys) as aws:
        try:
            plan = reconcile.plan(remediation, aws, stage.resource)
            if not plan_only:
                reconcile.write(remediation, aws, stage.resource, plan.before, plan.after)
                now = reconcile.read(remediation, aws, stage.resource)
                reconcile.write(remediation, aws, stage.resource, now, plan.before)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
    return ""
