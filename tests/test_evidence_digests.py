"""Digests: one of each day that is over, over all seals made on it, and a copy where nobody can change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import CountermeasureError, InvalidOrganization
from chalicelib.evidence import digests
from chalicelib.evidence.copies import Place, place
from chalicelib.evidence.digests import read_all, write_up
from chalicelib.evidence.seals import Seal, hash_of, write_of
from chalicelib.organization import parse
from chalicelib.table import Table
from cli.digest_copies import read_copies
from lab.crashing import Crash, Fuse, gated
from lab.organization import HUB, Lab
from tests.functions import Deployed, write

NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
ARCHIVE = "999900001111"
WHERE = "s3://log-archive-evidence/countermeasure"
TO = place(WHERE)


def sealed(table: Table, incident: str, at: datetime, number: int = 1) -> str:
    """Put a seal as the upkeep does; return its hash."""
    seal = Seal(incident, number, at.isoformat(timespec="seconds"), "", {"incident": "0" * 64}, {}, 1)
    table.write([write_of(replace(seal, hash=hash_of(seal)))])
    return hash_of(seal)


def days(number: float) -> timedelta:
    return timedelta(days=number)


@pytest.fixture
def table(lab: Lab) -> Table:
    return lab.ledger()


@pytest.fixture
def archive(lab: Lab) -> Any:
    """S3 of the log archive, with its bucket as the template makes it."""
    s3 = lab.boto(ARCHIVE, "us-east-1").client("s3")
    s3.create_bucket(Bucket=TO.bucket, ObjectLockEnabledForBucket=True)
    return s3


class TestOfTheTable:
    def test_each_day_that_is_over_is_digested_once_from_the_first_seal_on(self, table: Table) -> None:
        first, second = sealed(table, "inc-b", NOON), sealed(table, "inc-a", NOON + timedelta(hours=1))
        third = sealed(table, "inc-a", NOON + days(2), 2)
        assert write_up(table, NOON + days(3)) == ["2026-08-01", "2026-08-02", "2026-08-03"]
        assert write_up(table, NOON + days(3)) == []
        one, two, three = read_all(table)
        assert one.seals == (("inc-a", 1, second), ("inc-b", 1, first))
        assert (two.seals, three.seals) == ((), (("inc-a", 2, third),))
        assert (one.previous, two.previous, three.previous) == ("", one.hash, two.hash)

    def test_the_hash_is_of_the_text_that_the_copy_is(self, table: Table) -> None:
        made = sealed(table, "inc-a", NOON)
        write_up(table, NOON + days(1))
        [digest] = read_all(table)
        assert digest.text == f'{{"date":"2026-08-01","previous":"","seals":[["inc-a",1,"{made}"]]}}'
        assert digest.hash == sha256(digest.text.encode()).hexdigest() == digest.right()

    def test_a_day_waits_for_the_seals_of_its_last_minute(self, table: Table) -> None:
        midnight = datetime(2026, 8, 2, tzinfo=UTC)
        sealed(table, "inc-a", NOON)
        assert write_up(table, midnight + timedelta(minutes=14)) == ["2026-07-31"]
        assert write_up(table, midnight + timedelta(minutes=15)) == ["2026-08-01"]

    def test_without_any_seal_the_days_begin_with_yesterday(self, table: Table) -> None:
        assert write_up(table, NOON) == ["2026-07-31"]

    def test_more_seals_than_an_item_holds_are_one_digest(self, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(digests, "PART", 2)
        hashes = [sealed(table, f"inc-{number}", NOON) for number in range(5)]
        write_up(table, NOON + days(1))
        [digest] = read_all(table)
        assert [hash_ for _, _, hash_ in digest.seals] == hashes
        assert digest.hash == digest.right()

    @pytest.mark.parametrize("after", [False, True], ids=["before a write", "after a write"])
    def test_a_crash_at_any_write_converges(self, table: Table, archive: Any, after: bool) -> None:
        for number in range(3):
            sealed(table, f"inc-{number}", NOON + days(number))
        crashed = 0
        for number in range(1, 30):
            try:
                with gated(Fuse(number % 3 + 1, after=after, writes_only=True)):
                    write_up(table, NOON + days(3), TO, lambda: archive)
            except Crash:
                crashed += 1
                continue
            break
        assert crashed > 2
        found = read_all(table)
        assert [(digest.date, len(digest.seals)) for digest in found] == [
            (f"2026-08-0{number}", 1) for number in (1, 2, 3)
        ]
        assert [digest.hash for digest in found] == [digest.right() for digest in found]
        texts = {digest.date: digest.text for digest in found}
        assert read_copies(WHERE, lambda: archive).texts == texts


class TestOfTheCopies:
    def test_each_digest_is_put_once_and_never_over_another(self, table: Table, archive: Any) -> None:
        archive.put_object(Bucket=TO.bucket, Key="countermeasure/2026/08/01.json", Body=b"somebody was faster")
        sealed(table, "inc-a", NOON)
        write_up(table, NOON + days(2), TO, lambda: archive)
        found = read_copies(WHERE, lambda: archive)
        assert found.texts["2026-08-01"] == "somebody was faster"
        assert found.texts["2026-08-02"] == read_all(table)[1].text
        assert read_copies(WHERE, lambda: archive, "2026-08-02").texts.keys() == {"2026-08-02"}

    def test_what_was_digested_before_a_place_was_named_is_put_there_then(self, table: Table, archive: Any) -> None:
        sealed(table, "inc-a", NOON)
        write_up(table, NOON + days(1))
        write_up(table, NOON + days(1), TO, lambda: archive)
        assert list(read_copies(WHERE, lambda: archive).texts) == ["2026-08-01"]

    def test_an_archive_that_refuses_is_named_with_what_to_do_and_the_digest_is_kept(
        self, table: Table, lab: Lab
    ) -> None:
        sealed(table, "inc-a", NOON)
        with pytest.raises(
            CountermeasureError, match=r"digest of 2026-08-01 could not be put to s3://.*templates evid"
        ):
            write_up(table, NOON + days(1), TO, lambda: lab.hub("s3"))
        assert [digest.date for digest in read_all(table)] == ["2026-08-01"]

    def test_the_daily_function_digests_and_copies(self, deployed: Deployed, tmp_path: Path, archive: Any) -> None:
        deployed.lab.organization = replace(deployed.lab.organization, regions=())
        path = write(deployed.lab, tmp_path / "organization.toml")
        path.write_text(f'{path.read_text()}\n[evidence]\ndigests = "{WHERE}"\n')
        sealed(deployed.lab.ledger(), "inc-a", datetime.now(UTC) - timedelta(days=1, minutes=15))
        scheduled = {"source": "aws.events", "detail-type": "Scheduled Event", "region": "us-east-1", "account": HUB}
        rest = {"version": "0", "id": "1", "time": "2026-08-01T12:00:00Z", "resources": [], "detail": {}}
        deployed.invoke("daily", {**scheduled, **rest})
        [digest] = read_all(deployed.lab.ledger())
        assert read_copies(WHERE, lambda: archive).texts == {digest.date: digest.text}


class TestOfTheKey:
    @pytest.mark.parametrize("where", [WHERE, "s3://abc/d/e-f/g_h.i"])
    def test_a_bucket_and_a_prefix_are_taken(self, where: str) -> None:
        assert parse(_toml(f'digests = "{where}"')).digests == where

    @pytest.mark.parametrize(
        "wrong",
        ['"s3://bucket"', '"s3://bucket/"', '"s3://bucket/*"', '"https://bucket/a"', '"s3://b/${aws:username}"', "1"],
    )
    def test_what_is_no_place_or_more_than_one_is_refused_by_its_key(self, wrong: str) -> None:
        with pytest.raises(InvalidOrganization, match=r"^evidence\.digests: .* is not allowed"):
            parse(_toml(f"digests = {wrong}"))

    def test_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(InvalidOrganization, match=r"^evidence\.bucket: unknown key"):
            parse(_toml('bucket = "a"'))

    def test_the_place_of_a_day(self) -> None:
        assert place("s3://abc/d/e") == Place("abc", "d/e")
        assert place("s3://abc/d/e").key("2026-11-21") == "d/e/2026/11/21.json"


def _toml(line: str) -> str:
    return f"""
[organization]
id = "o-exampleorgid"
hub = "{HUB}"
[environments.prod]
mode = "observe"
[accounts]
[evidence]
{line}
"""
