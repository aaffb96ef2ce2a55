"""The laws that hold for every remediation of the catalogue. A new one gets them all; it only needs a scene."""

from __future__ import annotations

import functools
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
from lab.organization import Lab, embedded
from lab.single import MEMBER, Shape, made, scene_of, shapes
from tests.replaying import administrator

REMEDIATIONS = load().remediations
NEIGHBOUR = "555566667777"
READS = ("Get", "List", "Describe", "BatchGet", "Head", "Lookup", "Query")

every = pytest.mark.parametrize(
    "remediation",
    [pytest.param(unit, id=id_, marks=pytest.mark.xdist_group(f"laws of {id_}")) for id_, unit in REMEDIATIONS.items()],
)
"""Each remediation; all of its laws are tried in one process, where they share the life of one change."""


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


@dataclass(frozen=True, slots=True)
class Life:
    """What one change went through, and what was there at each turn: planned, applied, planned again, undone."""

    resource: Resource
    asked: tuple[str, ...]  # the operations that a plan called
    before: State
    planned: Change
    applied: Change
    held: State
    again: Change
    undone: Change
    restored: State


@functools.cache
def life(id_: str) -> Life:
    """Return the life of a remediation's change, which several laws look at."""
    with embedded() as lab:
        stage = staged(lab, REMEDIATIONS[id_])
        with administrator(lab, MEMBER, stage.resource.region) as aws:
            reconcile.plan(stage.remediation, aws, stage.resource)
        asked = tuple(call.operation.split(":")[1] for call in aws.calls)
        before, planned = stage.read(), stage.plan().change
        applied = stage.apply()
        held, again = stage.read(), stage.plan().change
        undone = applied if stage.remediation.irreversible else stage.hands.undo([applied])[0]
        return Life(stage.resource, asked, before, planned, applied.change, held, again, undone.change, stage.read())


@every
def test_after_apply_it_holds_and_a_second_plan_is_a_no_op(remediation: Remediation) -> None:
    lived = life(remediation.id)
    assert lived.planned.outcome is Outcome.INTENDED
    assert lived.held == lived.applied.after
    assert lived.again.outcome is Outcome.COMPLIANT


@every
def test_a_plan_makes_no_write_call(remediation: Remediation) -> None:
    lived = life(remediation.id)
    assert lived.asked
    assert [name for name in lived.asked if not name.startswith(READS)] == []


@every
def test_undo_restores_what_was_there_before(remediation: Remediation) -> None:
    lived = life(remediation.id)
    assert lived.before == lived.applied.before
    if not remediation.irreversible:
        assert (lived.undone.outcome, lived.undone.reason) == (Outcome.UNDONE, "")
        assert lived.restored == lived.before


@every
def test_before_and_after_survive_the_ledger(remediation: Remediation) -> None:
    change = life(remediation.id).applied
    assert change_of(change_text(change)) == change


@every
def test_the_session_policy_of_an_apply_fits_into_what_sts_takes(remediation: Remediation) -> None:
    resource = life(remediation.id).resource
    writes = {action: pins(remediation, resource) for action in remediation.writes}
    assert len(policy(remediation.reads, writes)) <= 2048  # STS AssumeRole, parameter Policy


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
        trial = Trial(lab, remediation, shape)
        assert trial.ends(set(remediation.reads), plan_only=True) == ""
        assert trial.ends(needed) == ""
        spare = [action for action in spare if trial.ends(needed - {action}) == ""]
    assert spare == []


def test_what_expires_is_taken_back_without_asking_anybody_and_says_when() -> None:
    expiring = {id_: unit for id_, unit in REMEDIATIONS.items() if unit.expires_hours}
    assert list(expiring) == ["ec2.block_ip_in_network_acl"]
    assert [id_ for id_, unit in expiring.items() if unit.confirm_undo or unit.irreversible] == []
    assert [id_ for id_, unit in expiring.items() if f"For {unit.expires_hours} hours" not in unit.impact] == []
    assert [id_ for id_, unit in REMEDIATIONS.items() if unit.expires_hours < 0] == []


@dataclass(slots=True)
class Trial:
    """Tries a change with some permissions alone, on a resource that is made anew once a try has written anything."""

    lab: Lab
    remediation: Remediation
    shape: Shape | None
    stage: Stage | None = None

    def ends(self, actions: set[str], *, plan_only: bool = False) -> str:
        """Plan, apply and undo with these permissions; return the error code that AWS ended it with, if it did."""
        stage = self.stage or self.staged()
        region = stage.resource.region
        error = ""
        with enforced(self.lab, MEMBER, actions) as keys, administrator(self.lab, MEMBER, region, keys) as aws:
            try:
                plan = reconcile.plan(self.remediation, aws, stage.resource)
                if not plan_only:
                    reconcile.write(self.remediation, aws, stage.resource, plan.before, plan.after)
                    now = reconcile.read(self.remediation, aws, stage.resource)
                    reconcile.write(self.remediation, aws, stage.resource, now, plan.before)
            except ClientError as refused:
                error = str(refused.response["Error"]["Code"])
        done = [call.operation.split(":")[1] for call in aws.calls if not call.error]
        self.stage = stage if all(name.startswith(READS) for name in done) else None
        return error

    def staged(self) -> Stage:
        self.lab.reset()
        stage = staged(self.lab, self.remediation)
        if self.shape:
            self.shape(self.lab.boto(MEMBER, stage.resource.region), stage.resource)
        return stage
