"""A crash before or after any AWS call of ours: the next delivery takes it up, and undo restores the first `before`."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib import reconcile
from chalicelib.catalogue import Catalogue
from chalicelib.findings import parse
from chalicelib.ledger import HOLD_SECONDS
from chalicelib.model import Incident, Mode, Outcome, State
from chalicelib.units import units
from lab.crashing import Call, Crash, Fuse, gated
from lab.organization import Lab
from lab.stage import prepare
from tests.deciding import approve, undo
from tests.replaying import administrator, event, told


def states(lab: Lab, catalogue: Catalogue, what: Mapping[str, Any]) -> dict[tuple[str, str], State]:
    """Return what is there now of everything that the event's rules would change."""
    [finding] = parse(what)
    found = {}
    for unit in units(finding, catalogue.match(what)):
        with administrator(lab, unit.resource.account, unit.resource.region) as aws:
            found[unit.place] = reconcile.read(unit.remediation, aws, unit.resource)
    return found


STORIES = {
    "key": ("guardduty.long_term_key_misused/fires.called_from_tor", 5),
    "session": ("guardduty.temporary_credentials_misused/fires.instance_role_used_outside", 9),
    "group": ("cloudtrail.security_group_opened/fires.ipv4", 7),
    "instance": ("guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool", 17),
}
"""An event, and every how manieth of its calls is tried here: `python -m torture crashes` tries all, of everything."""


@pytest.mark.parametrize(("name", "stride"), STORIES.values(), ids=STORIES)
@pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
def test_a_crash_at_any_call_converges_on_redelivery_and_undo_restores_the_first_before(
    lab: Lab, catalogue: Catalogue, name: str, stride: int, after: bool
) -> None:
    stage = prepare(lab, catalogue, event(name))
    [undisturbed] = lab.engine(catalogue).handle(stage.event)
    for number in range(1, 200, stride):
        lab.reset()
        stage = prepare(lab, catalogue, event(name))
        first = states(lab, catalogue, stage.event)
        engine = lab.engine(catalogue)
        try:
            with gated(Fuse(number, after=after)):
                engine.handle(stage.event)
        except Crash:
            moment = datetime.now(UTC) + timedelta(seconds=HOLD_SECONDS + 1)
            with time_machine.travel(moment):
                engine = lab.engine(catalogue)  # a process that died remembers nothing
                [incident] = engine.handle(stage.event)
                assert outcomes(incident) == outcomes(undisturbed)
                assert 1 <= len(told(lab)) <= 2  # the second where it crashed between telling and keeping the receipt
                undone = undo(engine, incident.id, confirm=True)
            assert {change.outcome for change in undone.changes} <= {Outcome.UNDONE, Outcome.COMPLIANT}
            assert states(lab, catalogue, stage.event) == first
        else:
            assert number > 10
            return
    pytest.fail("it never ran through")


def outcomes(incident: Incident) -> list[tuple[str, Outcome]]:
    return [(change.remediation, change.outcome) for change in incident.changes]


@pytest.mark.parametrize("seed", range(8))
def test_a_crash_that_leaves_half_of_a_record_is_recorded_and_asked_whole_on_redelivery(
    lab: Lab, catalogue: Catalogue, seed: int
) -> None:
    # BatchWriteItem writes each item for itself: any part of them may be there.
    lab.reset(Mode.APPROVE)
    stage = prepare(lab, catalogue, event("guardduty.long_term_key_misused/fires.called_from_tor"))
    engine = lab.engine(catalogue)

    def dies_halfway(call: Call) -> Any:
        if call.make_part:
            call.make_part(random.Random(seed))
            raise Crash(call.name)
        return call.make()

    with pytest.raises(Crash), gated(dies_halfway):
        engine.handle(stage.event)
    moment = datetime.now(UTC) + timedelta(seconds=HOLD_SECONDS + 1)
    with time_machine.travel(moment):
        [incident] = engine.handle(stage.event)
        stored = engine.ledger.load(incident.id)
        assert {change.outcome for change in stored.changes} == {Outcome.AWAITING}
        assert {id_ for each in stored.approvals for id_ in each.changes} == {change.id for change in stored.changes}
        assert len(told(lab)) == 1
        assert {change.outcome for change in approve(engine, incident.id).changes} == {Outcome.CONTAINED}


def test_what_was_decided_later_comes_later_whatever_a_clock_says(lab: Lab, catalogue: Catalogue) -> None:
    lab.reset(Mode.APPROVE)
    stage = prepare(lab, catalogue, event("cloudtrail.security_group_opened/fires.ipv4"))
    engine = lab.engine(catalogue)
    [finding] = parse(stage.event)
    [unit] = units(finding, catalogue.match(stage.event))
    ec2 = lab.boto(unit.resource.account, unit.resource.region).client("ec2")
    ports = (5432, 27017, 3306, 6379, 1433, 9200)
    with time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False):
        for port in ports:
            world = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
            ec2.authorize_security_group_ingress(GroupId=unit.resource.id, IpPermissions=world)
            [change] = engine.answer(replace(finding, revision=str(port)), [unit.rule]).changes
    stored = engine.ledger.load(change.incident)
    opened = [sum(rule.get("from") in ports for rule in each.before) for each in stored.changes]
    assert opened == [1, 2, 3, 4, 5, 6]
