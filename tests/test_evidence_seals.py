"""Seals: made by the upkeep of whatever was written, in a chain that tells of every record what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.evidence import Seal, chain, chain_of, seals_of
from chalicelib.evidence.hashing import is_record, kind
from chalicelib.evidence.seals import hash_of, key_of, write_of
from chalicelib.ledger.keys import incident_pk
from chalicelib.table import Item
from tests.sealed import Ledger, with_history

KINDS = ("incident", "finding", "change", "notice", "approval", "decision")
PASSING = {"pk", "sk", "at", "not_before", "receipts"}
"""What of a record is no evidence, or is not as it is: of receipts, who took it is."""

Items = Mapping[str, Item]


@pytest.fixture(scope="module")
def ledger(catalogue: Catalogue) -> Iterator[Ledger]:
    with with_history(catalogue) as made:
        yield made


@pytest.fixture(scope="module")
def incidents(ledger: Ledger) -> dict[str, Items]:
    """The items of every incident, by its id."""
    table = ledger.engine.ledger.table
    return {incident: table.query(incident_pk(incident)) for incident in ledger.incidents.values()}


def faulty(ledger: Ledger, incident: str, items: Items) -> set[str]:
    """Return which records of an incident are faulty, were its items these."""
    return {fault.record for fault in chain_of(incident, items, ledger.engine.clock()).faults}


def records(items: Items, *kinds: str) -> list[str]:
    return [sk for sk in items if is_record(sk) and (kind(sk) in kinds or not kinds)]


def another(value: Any) -> Any:
    return value + 1 if isinstance(value, int) and not isinstance(value, bool) else f"{value} "


def as_item(seal: Seal) -> Item:
    """Return a seal as somebody would forge it who knows how they are made: with the hash that it must have."""
    write = write_of(replace(seal, hash=hash_of(seal)))
    texts = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in write.set.items()}
    return {**texts, "pk": write.key[0], "sk": write.key[1]}


class TestOfRecords:
    def test_nothing_is_wrong_with_what_was_answered_approved_undone_denied_snoozed_and_told_late(
        self, ledger: Ledger, incidents: dict[str, Items]
    ) -> None:
        assert {kind(sk) for items in incidents.values() for sk in records(items)} == set(KINDS)
        for incident, items in incidents.items():
            found = chain(ledger.engine.ledger, incident)
            assert (found.faults, found.waiting, found.verifies) == ((), (), True)
            assert found.seals[-1].count == len(records(items))
            assert {sk for seal in found.seals for sk in seal.records} == set(records(items))

    @pytest.mark.parametrize("what", KINDS)
    def test_whatever_is_changed_in_a_record_is_named(
        self, ledger: Ledger, incidents: dict[str, Items], what: str
    ) -> None:
        tried = 0
        for incident, items in incidents.items():
            for sk in records(items, what):
                for name in set(items[sk]) - PASSING:
                    tampered = {**items, sk: {**items[sk], name: another(items[sk][name])}}
                    assert (name, faulty(ledger, incident, tampered)) == (name, {sk})
                    tried += 1
        assert tried

    def test_every_record_that_is_deleted_is_named(self, ledger: Ledger, incidents: dict[str, Items]) -> None:
        for incident, items in incidents.items():
            for sk in records(items):
                left = {other: item for other, item in items.items() if other != sk}
                [fault] = chain_of(incident, left, ledger.engine.clock()).faults
                assert (fault.where, fault.record, fault.what) == (incident, sk, "is gone")

    def test_records_in_each_others_place_are_named(self, ledger: Ledger, incidents: dict[str, Items]) -> None:
        tried = set()
        for incident, items in incidents.items():
            for one, other in combinations(records(items), 2):
                swapped = {**items, one: items[other], other: items[one]}
                assert faulty(ledger, incident, swapped) == {one, other}
                tried |= {kind(one)} & {kind(other)}
        assert tried == {"notice", "decision"}

    def test_who_was_told_by_which_message_is_evidence_and_what_that_shows_by_now_is_not(
        self, ledger: Ledger, incidents: dict[str, Items]
    ) -> None:
        incident = ledger.incidents["told late"]
        [sk] = records(incidents[incident], "notice")
        receipts = json.loads(incidents[incident][sk]["receipts"])
        for name, expected in (("ts", {sk}), ("channel", {sk}), ("face", set())):
            now = json.dumps({**receipts, "slack": {**receipts["slack"], name: "1"}})
            items = {**incidents[incident], sk: {**incidents[incident][sk], "receipts": now}}
            assert faulty(ledger, incident, items) == expected

    @pytest.mark.parametrize("sk", ["change#ffffffffffff", "decision#2026-08-01T12:00:00+00:00#ff", "note#1", "zzz"])
    def test_what_is_added_beside_is_named(self, ledger: Ledger, incidents: dict[str, Items], sk: str) -> None:
        for incident, items in incidents.items():
            like = items[records(items, "change")[0]]
            assert faulty(ledger, incident, {**items, sk: like}) == {sk}


class TestOfSeals:
    def test_whatever_is_changed_in_a_seal_is_named(self, ledger: Ledger, incidents: dict[str, Items]) -> None:
        for incident, items in incidents.items():
            for seal in seals_of(incident, items):
                sk = key_of(incident, seal.number)[1]
                for name in ("at", "previous", "records", "lasting", "count", "hash"):
                    other = '{"change#1": "ff"}' if name in {"records", "lasting"} else another(items[sk][name])
                    for value in (other, "no JSON", None):
                        assert sk in faulty(ledger, incident, {**items, sk: {**items[sk], name: value}})

    def test_a_seal_that_is_deleted_is_named_or_what_it_told_of(
        self, ledger: Ledger, incidents: dict[str, Items]
    ) -> None:
        for incident, items in incidents.items():
            *others, last = seals_of(incident, items)
            for seal in (*others, last):
                sk = key_of(incident, seal.number)[1]
                left = {other: item for other, item in items.items() if other != sk}
                assert faulty(ledger, incident, left) >= ({sk} if seal is not last else set(last.records))

    def test_seals_in_each_others_place_are_named(self, ledger: Ledger, incidents: dict[str, Items]) -> None:
        incident = ledger.incidents["undone"]
        items = incidents[incident]
        one, other, *_ = (key_of(incident, seal.number)[1] for seal in seals_of(incident, items))
        assert faulty(ledger, incident, {**items, one: items[other], other: items[one]}) >= {one, other}

    def test_no_later_seal_makes_good_for_what_is_gone_or_another_one(
        self, ledger: Ledger, incidents: dict[str, Items]
    ) -> None:
        incident = ledger.incidents["undone"]
        items = incidents[incident]
        *_, last = seals_of(incident, items)
        for what in ("change", "decision", "notice"):
            sk = records(items, what)[0]
            new = replace(last, number=last.number + 1, previous=last.hash, records={}, lasting={})
            forged = {**items, key_of(incident, new.number)[1]: as_item(new)}
            assert faulty(ledger, incident, forged) == set()  # as anybody's could be who writes as the upkeep does
            gone = {other: item for other, item in forged.items() if other != sk}
            assert faulty(ledger, incident, gone) == {sk}

    def test_a_seal_that_is_made_anew_is_named_by_the_one_after_it(
        self, ledger: Ledger, incidents: dict[str, Items]
    ) -> None:
        incident = ledger.incidents["undone"]
        items = incidents[incident]
        first, second, *_ = seals_of(incident, items)
        forged = {**items, key_of(incident, 1)[1]: as_item(replace(first, at=second.at))}
        [fault] = chain_of(incident, forged, ledger.engine.clock()).faults
        assert (fault.record, fault.what) == ("seal#000002", "does not follow the seal before it")

    def test_a_seal_of_another_incident_is_not_taken_for_one_of_this(
        self, ledger: Ledger, incidents: dict[str, Items]
    ) -> None:
        one, other = ledger.incidents["undone"], ledger.incidents["approved"]
        sk = "seal#000001"
        assert sk in faulty(ledger, one, {**incidents[one], sk: incidents[other][sk]})
