"""Sealing: the upkeep seals whatever was written, whoever dies or writes meanwhile, and nothing that is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action
from chalicelib.evidence import chain, sealing
from chalicelib.heartbeat import arrived
from chalicelib.ledger.items import say
from chalicelib.ledger.keys import UNSEALED, incident_pk
from chalicelib.ledger.lists import unsealed
from chalicelib.table import Write
from chalicelib.upkeep import tend
from lab.crashing import Call, Crash, Fuse, gated
from tests.deciding import decision, undo
from tests.functions import beat
from tests.replaying import told
from tests.sealed import GROUP, Ledger, empty_ledger, happens


@pytest.fixture
def fresh(catalogue: Catalogue) -> Iterator[Ledger]:
    with empty_ledger(catalogue) as made:
        yield made


def test_what_was_written_is_sealed_by_the_next_upkeep_and_off_the_list_two_minutes_later(
    fresh: Ledger, catalogue: Catalogue
) -> None:
    incident, ledger = happens(fresh, catalogue, "one", GROUP), fresh.engine.ledger
    before = chain(ledger, incident)
    assert (before.seals, len(before.waiting), before.verifies) == ((), 4, True)
    tend(fresh.engine)
    assert [(seal.number, seal.count, seal.previous) for seal in chain(ledger, incident).seals] == [(1, 4, "")]
    fresh.later(1)
    assert unsealed(ledger.table) == [incident]
    fresh.later(2)
    assert unsealed(ledger.table) == []
    assert len(chain(ledger, incident).seals) == 1


def test_heartbeats_are_not_sealed(fresh: Ledger) -> None:
    for _ in range(2):
        arrived(fresh.engine, "guardduty", beat(fresh.engine.clock()))
        fresh.later(3)
    found = chain(fresh.engine.ledger, "heartbeat-guardduty")
    assert (found.seals, found.faults, found.waiting) == ((), (), ())


def test_a_wait_that_is_too_long_is_a_fault_that_says_where_to_look(fresh: Ledger, catalogue: Catalogue) -> None:
    incident = happens(fresh, catalogue, "one", GROUP)
    fresh.clock.shift(20 * 60)
    found = chain(fresh.engine.ledger, incident)
    assert (len(found.faults), found.waiting) == (4, ())
    assert {fault.what for fault in found.faults} == {
        "is there, and no seal names it: it waits since 2026-08-01T12:00 UTC, see whether the upkeep runs"
    }


def test_what_is_broken_is_told_once_and_never_sealed_over(fresh: Ledger, catalogue: Catalogue) -> None:
    incident = happens(fresh, catalogue, "one", GROUP)
    undo(fresh.engine, incident)
    fresh.later(4)
    told(fresh.lab)
    items = fresh.engine.ledger.table.query(incident_pk(incident))
    [made] = [sk for sk in items if sk.startswith("decision#")]
    marked = {"body": '{"by": "mallory"}', "list": UNSEALED, "at": fresh.engine.clock().isoformat()}
    fresh.engine.ledger.table.write([Write((incident_pk(incident), made), marked)])
    seals = chain(fresh.engine.ledger, incident).seals
    fresh.later(4)
    found = chain(fresh.engine.ledger, incident)
    assert [(fault.record, fault.what) for fault in found.faults] == [(made, "is another one than was sealed")]
    assert found.seals == seals
    [headline] = told(fresh.lab)
    assert headline.startswith(f"Told: The evidence of {incident} was changed")


def test_more_than_one_seal_holds_is_sealed_by_several(
    fresh: Ledger, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST", 3)
    incident = happens(fresh, catalogue, "one", GROUP)
    fresh.later(1)
    found = chain(fresh.engine.ledger, incident)
    assert [(seal.number, len(seal.records), seal.count) for seal in found.seals] == [(1, 3, 3), (2, 1, 4)]
    assert found.verifies


@pytest.mark.parametrize("after", [False, True], ids=["before a write", "after a write"])
def test_a_crash_at_any_write_of_sealing_converges(fresh: Ledger, catalogue: Catalogue, after: bool) -> None:
    incident = happens(fresh, catalogue, "one", GROUP)
    for number in (1, 2, 3):  # the seal, and what is taken off the list
        for _ in range(2):
            fresh.engine.ledger.note([say(decision(fresh.engine, Action.ACKNOWLEDGE, incident))])
        fresh.clock.shift(180)
        with pytest.raises(Crash), gated(Fuse(number, after=after, writes_only=True)):
            tend(fresh.engine)
        fresh.later(1)
        found = chain(fresh.engine.ledger, incident)
        assert (found.faults, found.waiting, unsealed(fresh.engine.ledger.table)) == ((), (), [])


def test_what_is_written_between_any_two_calls_of_sealing_is_sealed_too(fresh: Ledger, catalogue: Catalogue) -> None:
    incident = happens(fresh, catalogue, "one", GROUP)
    writing: list[str] = []

    def storm(call: Call) -> Any:
        answer = call.make()
        if not writing:
            writing.append(call.name)
            fresh.engine.ledger.note([say(decision(fresh.engine, Action.ACKNOWLEDGE, incident))])
            writing.clear()
        return answer

    for _ in range(4):
        fresh.clock.shift(60)
        with gated(storm):
            tend(fresh.engine)
    fresh.later(3)
    found = chain(fresh.engine.ledger, incident)
    assert (found.faults, found.waiting, unsealed(fresh.engine.ledger.table)) == ((), (), [])
    assert found.seals[-1].count > 20


def test_what_is_written_again_while_it_is_taken_off_the_list_stays_on_it(fresh: Ledger, catalogue: Catalogue) -> None:
    incident, ledger = happens(fresh, catalogue, "one", GROUP), fresh.engine.ledger
    fresh.clock.shift(180)
    [notice] = ledger.load(incident).notices

    def again(call: Call) -> Any:
        if call.name == "dynamodb:UpdateItem" and not written:
            written.append(call.name)
            ledger.receive(incident, notice, None)
        return call.make()

    written: list[str] = []
    with gated(again):
        tend(fresh.engine)
    assert written
    items = ledger.table.query(incident_pk(incident))
    assert {sk.partition("#")[0] for sk, item in items.items() if item.get("list") == UNSEALED} == {"notice"}


@pytest.mark.parametrize("wait", [None, 60])
def test_what_arrived_is_not_told_anew_by_an_attempt_that_read_it_before(
    fresh: Ledger, catalogue: Catalogue, wait: int | None
) -> None:
    incident, ledger = happens(fresh, catalogue, "one", GROUP), fresh.engine.ledger
    [kept] = ledger.load(incident).notices
    tend(fresh.engine)
    fresh.clock.shift(60)
    ledger.receive(incident, replace(kept, told_at="", receipts={"sns": {"message_id": "later"}}), wait)
    assert ledger.load(incident).notices == (kept,)
    fresh.later(3)
    assert (chain(ledger, incident).faults, unsealed(ledger.table)) == ((), [])
