"""What the schedule does with one incident: it reads it once, and again only where it has changed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
import time_machine

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action
from chalicelib.engine import Engine
from chalicelib.ledger import HOLD_SECONDS, Ledger, Stored
from chalicelib.ledger.items import stale
from chalicelib.ledger.lists import due, unsealed
from chalicelib.model import Incident, Mode
from chalicelib.notify import Kind, Notice
from chalicelib.upkeep import tend
from lab.crashing import Crash, Fuse, gated
from lab.network import tcp
from lab.organization import Lab
from tests.deciding import ALICE, BOB, approve, undo
from tests.replaying import event, played, told
from torture.messages import untrue

GROUP = "cloudtrail.security_group_opened/fires.ipv4"
Waiting: TypeAlias = tuple[Engine, Incident]


@pytest.fixture
def both_wait(clock: time_machine.Traveller, lab: Lab, catalogue: Catalogue) -> Waiting:
    """An incident that waits for two decisions: of what was opened since, and of the undo of what was done before."""
    engine, incident, what = played(lab, catalogue, event(GROUP))
    places = {
        name: replace(place, mode=Mode.APPROVE, undo_by_another=True)
        for name, place in engine.organization.environments.items()
    }
    lab.organization = replace(lab.organization, environments=places)
    engine = lab.engine(catalogue)
    group = incident.changes[0].resource
    ec2 = lab.boto(group.account, group.region).client("ec2")
    ec2.authorize_security_group_ingress(GroupId=group.id, IpPermissions=[tcp(3389, "0.0.0.0/0")])
    engine.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
    undo(engine, incident.id, by=ALICE)
    assert [each.of for each in engine.ledger.load(incident.id).approvals] == [Action.APPROVE, Action.UNDO]
    return engine, incident


class Counting:
    """A ledger that counts how often all of an incident was read."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.loads = ledger, 0

    def load(self, incident: str) -> Stored:
        self.loads += 1
        return self.ledger.load(incident)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)


def loads(engine: Engine) -> int:
    """Have the schedule run, and return how often it read all of an incident to see what is to be done."""
    ledger = Counting(engine.ledger)
    tend(replace(engine, ledger=ledger))  # type: ignore[arg-type]
    return ledger.loads


def test_an_incident_of_which_only_a_message_is_due_is_read_once(
    clock: time_machine.Traveller, lab: Lab, catalogue: Catalogue
) -> None:
    engine, incident, _ = played(lab, catalogue, event(GROUP))
    engine.ledger.note([stale(incident.id, engine.clock())])
    clock.shift(timedelta(seconds=HOLD_SECONDS + 1))
    assert loads(engine) == 1
    assert due(engine.ledger.table, engine.clock()) == []


def test_what_was_sealed_as_it_was_due_is_not_read_again_to_be_sealed(
    clock: time_machine.Traveller, lab: Lab, catalogue: Catalogue
) -> None:
    lab.reset(Mode.APPROVE)
    engine, incident, _ = played(lab, catalogue, event(GROUP))
    clock.shift(timedelta(minutes=61))
    events, read = engine.ledger.table.client.meta.events, []
    events.register("provide-client-params.dynamodb.Query", lambda params, **_: read.append(params), unique_id="read")
    tend(engine)
    events.unregister("provide-client-params.dynamodb.Query", unique_id="read")
    assert [each.id for each in escalations(engine, incident)]
    assert unsealed(engine.ledger.table) == [incident.id]
    whole = [params for params in read if "IndexName" not in params]
    assert len(whole) == 5  # twice to see what is due, twice to show it, once to seal it


def test_when_both_that_wait_are_overdue_the_second_channel_is_told_once_of_both(
    clock: time_machine.Traveller, lab: Lab, both_wait: Waiting
) -> None:
    engine, incident = both_wait
    clock.shift(timedelta(minutes=61))
    told(lab)
    assert loads(engine) == 3
    stored = engine.ledger.load(incident.id)
    assert [each.escalated for each in stored.approvals] == [True, True]
    assert (len(escalations(engine, incident)), len(told(lab))) == (1, 1)
    assert untrue(engine, stored, lab.slack) == []


def test_who_is_told_of_an_undo_that_nobody_decides_is_told_what_was_carried_out_just_before(
    clock: time_machine.Traveller, both_wait: Waiting
) -> None:
    engine, incident = both_wait
    with pytest.raises(Crash), gated(Fuse(1, after=True, writes_only=True)):
        approve(engine, incident.id, by=BOB, digest=engine.ledger.load(incident.id).approvals[0].digest)
    clock.shift(timedelta(minutes=61))
    tend(engine)
    [escalation] = escalations(engine, incident)
    assert escalation.tally == "2 contained"


def escalations(engine: Engine, incident: Incident) -> list[Notice]:
    notices = [Notice.from_json(each.body) for each in engine.ledger.load(incident.id).notices]
    return [notice for notice in notices if notice.kind is Kind.ESCALATION]
