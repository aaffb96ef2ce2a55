"""`countermeasure verify-ledger`: nothing is wrong with what we wrote, and what somebody else did to it is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.evidence.digests import DIGESTS, read_all, write_up
from chalicelib.ledger.keys import incident_pk
from chalicelib.table import Write
from cli import deployed as deployment_of
from cli.digest_copies import Copies
from tests.on_call import OnCall, on_call
from tests.sealed import Ledger, chain_of, forge, happens, records, seals, several, where, with_history

DAY = "2026-08-01"
LOGS = "cloudtrail.bucket_logging_stopped/fires.turned_off"


@pytest.fixture(scope="module")
def ledger(catalogue: Catalogue) -> Iterator[Ledger]:
    with with_history(catalogue) as made:
        yield made


@pytest.fixture(scope="module")
def reached(ledger: Ledger, catalogue: Catalogue) -> OnCall:
    """The stage as the command reaches it."""
    return on_call(ledger.lab, catalogue)


class TestOfTheLedger:
    def test_nothing_is_wrong_with_what_we_wrote(self, ledger: Ledger) -> None:
        proof = ledger.proof()
        assert (proof.faults, proof.waiting) == ((), ())
        assert (proof.incidents, proof.records, proof.seals, proof.digests) == (4, 27, len(seals(ledger)), 1)

    def test_a_record_that_is_changed_deleted_or_added_is_named_among_all(self, ledger: Ledger) -> None:
        key, item = sorted(records(ledger, "change").items())[0]
        gone, added = sorted(records(ledger, "decision"))[0], (key[0], "change#ffffffffffff")
        with ledger.tampered():
            ledger.put({**item, "outcome": {"S": "OFF"}})
            ledger.put({**item, "sk": {"S": added[1]}})
            ledger.delete(gone)
            assert {(fault.where, fault.record) for fault in ledger.said()} == {where(key), where(added), where(gone)}

    def test_whoever_has_it_sealed_anew_cannot_rewrite_what_never_changes(self, ledger: Ledger) -> None:
        with ledger.tampered():
            expected = set()
            for what, other in (("decision", {"by": "mallory"}), ("change", {"rule": "a.b"}), ("notice", {"at": ""})):
                key, item = sorted(records(ledger, what).items())[0]
                body = json.dumps({**json.loads(item["body"]["S"]), **other})
                marked = {"list": {"S": "unsealed"}, "at": {"S": ledger.engine.clock().isoformat(timespec="seconds")}}
                ledger.put({**item, "body": {"S": body}, **marked})
                expected.add((*where(key), "is another one than was sealed"))
            ledger.later(1)
            assert {(fault.where, fault.record, fault.what) for fault in ledger.said()} == expected

    def test_an_item_that_no_program_of_ours_could_have_written_is_named(self, ledger: Ledger) -> None:
        key, item = next(iter(records(ledger, "change").items()))
        with ledger.tampered():
            ledger.put({**item, "half": {"N": "0.5"}})
            [fault] = ledger.said(where(key)[0])
            assert fault.what.startswith("holds what cannot be read")

    def test_the_last_seal_cannot_be_taken_off_with_what_it_tells_of(self, ledger: Ledger) -> None:
        incident = several(ledger)
        last = chain_of(ledger, incident)[-1]
        with ledger.tampered():
            for sk in [f"seal#{last.number:06d}", *last.records]:
                ledger.delete((incident_pk(incident), sk))
            assert (incident, f"seal#{last.number:06d}") in {(fault.where, fault.record) for fault in ledger.said()}

    def test_an_incident_that_is_removed_whole_is_named(self, ledger: Ledger) -> None:
        incident = several(ledger)
        with ledger.tampered():
            for key in ledger.items():
                if key[0] == incident_pk(incident):
                    ledger.delete(key)
            [fault] = ledger.said()
            assert (fault.where, fault.record) == (incident, "")
            assert fault.what.startswith("is gone whole: ")
            assert fault.what.endswith(f" of its seals are in digests, the first in that of {DAY}")

    def test_a_seal_that_is_made_anew_for_what_was_changed_is_named_by_its_days_digest(self, ledger: Ledger) -> None:
        incident = several(ledger)
        *_, last = chain_of(ledger, incident)
        with ledger.tampered():
            forge(ledger, replace(last, records={**last.records, "approval#undo": "0" * 64}))
            said = {fault.record: fault.what for fault in ledger.said(incident)}
            assert said[f"seal#{last.number:06d}"] == f"is another one than in the digest of {DAY}"

    def test_a_seal_that_is_added_to_a_day_that_is_over_is_named(self, ledger: Ledger) -> None:
        incident = several(ledger)
        *_, last = chain_of(ledger, incident)
        with ledger.tampered():
            forge(ledger, replace(last, number=last.number + 1, previous=last.hash, records={}, lasting={}))
            [fault] = ledger.said(incident)
            assert fault.what == f"says that it was made on {DAY}, and is not in the digest of that day"


class TestOfDigests:
    def test_whatever_is_changed_in_a_digest_is_named(self, ledger: Ledger) -> None:
        key = (DIGESTS, DAY)
        head, part = ledger.items()[key], ledger.items()[f"digest#{DAY}", "0001"]
        cut = json.dumps(json.loads(part["seals"]["S"])[1:])
        for item, name, value in (
            (head, "hash", "ff"),
            (head, "previous", "ff"),
            (part, "seals", cut),
            (part, "seals", "{"),
        ):
            with ledger.tampered():
                ledger.put({**item, name: {"S": value}})
                assert f"digest {DAY}" in {fault.where for fault in ledger.said()}

    def test_a_day_that_is_taken_out_is_named_and_so_is_the_last_one_by_its_copy(self, ledger: Ledger) -> None:
        with ledger.tampered():
            for _ in range(3):
                ledger.tomorrow()
            assert ledger.said() == []
            digests = read_all(ledger.engine.ledger.table)
            assert [digest.date for digest in digests] == [f"2026-08-0{day}" for day in range(1, 5)]
            copies = Copies("the archive", {digest.date: digest.text for digest in digests})
            anew = replace(digests[1], previous="ff")
            ledger.engine.ledger.table.write(
                [Write((DIGESTS, anew.date), {"previous": anew.previous, "hash": anew.right()})]
            )
            assert [(fault.where, fault.what) for fault in ledger.said()] == [
                (f"digest 2026-08-0{day}", "does not follow the digest before it") for day in (2, 3)
            ]
            ledger.delete((DIGESTS, "2026-08-02"))
            assert ledger.said()[0].where == "digest 2026-08-02"
            ledger.delete((DIGESTS, "2026-08-04"))
            gone = {fault.where for fault in ledger.proof(copies=copies).faults if "its copy is in" in fault.what}
            assert gone == {"digest 2026-08-02", "digest 2026-08-04"}

    def test_a_copy_that_differs_or_is_missing_is_named(self, ledger: Ledger) -> None:
        [digest] = read_all(ledger.engine.ledger.table)
        for texts, what in (({}, "has no copy in"), ({DAY: digest.text.replace("1", "2", 1)}, "is not the same as")):
            [fault] = ledger.proof(copies=Copies("the archive", texts)).faults
            assert (fault.where, fault.what.startswith(what)) == (f"digest {DAY}", True)
        assert ledger.proof(copies=Copies("the archive", {DAY: digest.text})).faults == ()

    def test_days_that_nobody_digests_are_named_in_time(self, ledger: Ledger) -> None:
        with ledger.tampered():
            ledger.delete((DIGESTS, DAY))
            assert ledger.said() == []  # the schedule makes it within a day
            ledger.clock.shift(2 * 24 * 3600)
            [fault] = ledger.said()
            assert (fault.where, "see whether the daily function runs" in fault.what) == (f"digest {DAY}", True)


class TestOfTheCommand:
    @pytest.fixture
    def stage(self, reached: OnCall, monkeypatch: pytest.MonkeyPatch) -> OnCall:
        monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: reached.deployed)
        return reached

    def test_it_counts_what_it_has_proven(self, ledger: Ledger, stage: OnCall) -> None:
        said = stage.run("verify-ledger")
        expected = f"4 incidents, {len(records(ledger))} records, {len(seals(ledger))} seals, 1 digest"
        assert (said.exit_code, said.stdout) == (0, f"{expected}: nothing was changed, removed or reordered.\n")

    def test_a_fault_is_a_line_of_incident_record_and_what_is_wrong(self, ledger: Ledger, stage: OnCall) -> None:
        incident = several(ledger)
        with ledger.tampered():
            ledger.delete((incident_pk(incident), "approval#undo"))
            said, told = stage.run("verify-ledger", incident), stage.run("verify-ledger", "--json")
        assert (said.exit_code, told.exit_code) == (1, 1)
        assert said.stdout.splitlines()[0] == f"{incident} approval#undo is gone"
        assert said.stdout.splitlines()[-1].endswith("1 digest: 1 fault.")
        read = json.loads(told.stdout)
        assert read["faults"] == [{"where": incident, "record": "approval#undo", "what": "is gone"}]
        assert (read["incidents"], read["waiting"]) == (4, [])

    def test_the_copies_of_a_folder_are_compared(self, ledger: Ledger, stage: OnCall, tmp_path: Path) -> None:
        (tmp_path / "2026" / "08").mkdir(parents=True)
        [digest] = read_all(ledger.engine.ledger.table)
        (tmp_path / "2026" / "08" / "01.json").write_text(digest.text)
        assert "1 digest, 1 copy: nothing" in stage.run("verify-ledger", "--digests", str(tmp_path)).stdout
        (tmp_path / "2026" / "08" / "01.json").write_text(digest.text + " ")
        assert stage.run("verify-ledger", "--digests", str(tmp_path)).exit_code == 1

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (("inc-000000000000",), "no incident 'inc-000000000000' is in the ledger"),
            (("--since", "tomorrow"), "--since 'tomorrow' is no time in the past"),
            (("--digests", "/nowhere"), "--digests '/nowhere' is neither s3://bucket/prefix nor a folder"),
            (("--digests", "s3://a"), "--digests 's3://a' is no place of digests: write s3://bucket/prefix"),
        ],
    )
    def test_what_cannot_be_read_is_said_in_one_line(self, stage: OnCall, asked: tuple[str, ...], said: str) -> None:
        result = stage.run("verify-ledger", *asked)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert said in result.stderr

    def test_a_name_of_somebody_elses_choice_does_not_reach_the_terminal_as_it_is(
        self, ledger: Ledger, stage: OnCall
    ) -> None:
        like = next(iter(records(ledger, "change").values()))
        with ledger.tampered():
            ledger.put({**like, "sk": {"S": "x\x1b[2J\x1b]0;all is well\x07\nnothing was changed"}})
            said = stage.run("verify-ledger").stdout
        assert "\x1b" not in said
        assert len(said.splitlines()) == 2

    def test_what_was_just_written_is_said_and_not_accused(
        self, ledger: Ledger, stage: OnCall, catalogue: Catalogue
    ) -> None:
        with ledger.tampered():
            fresh = happens(ledger, catalogue, "fresh", LOGS)
            said = stage.run("verify-ledger", fresh)
            assert (said.exit_code, "written within minutes, not sealed yet" in said.stdout) == (0, True)
            ledger.clock.shift(2 * 3600)
            assert {fault.what.split(":")[0] for fault in ledger.said(fresh)} == {"is there, and no seal names it"}
            del ledger.incidents["fresh"]

    def test_only_what_is_not_older_is_looked_at(self, ledger: Ledger, stage: OnCall, catalogue: Catalogue) -> None:
        with ledger.tampered():
            ledger.clock.shift(24 * 3600)
            happens(ledger, catalogue, "later", LOGS)
            ledger.later(1)
            write_up(ledger.engine.ledger.table, ledger.engine.clock())
            ledger.delete((incident_pk(several(ledger)), "approval#undo"))
            said = stage.run("verify-ledger", "--since", "12h")
            assert said.stdout.startswith("1 incident, ")
            assert said.exit_code == 0
            del ledger.incidents["later"]


def test_a_seal_of_a_list_that_somebody_took_it_off_is_found_by_its_day(ledger: Ledger) -> None:
    """A seal that is on no list is in no digest, and says by itself that it should be."""
    with ledger.tampered():
        for key, item in seals(ledger).items():
            ledger.put({name: value for name, value in item.items() if name != "list"} | {"list": {"S": "none"}})
            assert ledger.said(where(key)[0]) == []
        for key in [key for key in ledger.items() if key[0] in {DIGESTS, f"digest#{DAY}"}]:
            ledger.delete(key)
        write_up(ledger.engine.ledger.table, ledger.engine.clock())
        assert {fault.what for fault in ledger.said()} == {
            f"says that it was made on {DAY}, and is not in the digest of that day"
        }
