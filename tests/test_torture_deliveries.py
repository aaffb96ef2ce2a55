"""Deliveries at once, in the turns of a few seeds; and the wire and the turns that they are run on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from chalicelib import table
from chalicelib.announcing import announce, finding
from chalicelib.catalogue import Catalogue
from chalicelib.errors import Busy
from chalicelib.ledger import Known, Ledger, Record
from chalicelib.ledger.counters import storm
from chalicelib.model import Finding, Outcome
from chalicelib.storms import WINDOW
from chalicelib.table import Table, Write
from lab.organization import TABLE, Lab
from lab.stage import prepare
from torture.race_stories import GROUP, read
from torture.race_verdict import ONCE, PROMISES
from torture.races import ran
from torture.racing import race
from torture.turns import Turns

SEED = 1
KINDS = ("duplicates_that_wait", "undone_twice")
"""Some of the stories: all of them, with many seeds, are `python -m torture deliveries`."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_at_once_is_answered_as_if_it_came_one_by_one(lab: Lab, catalogue: Catalogue, kind: str) -> None:
    found = ran(lab, catalogue, kind, SEED)
    assert found.broken == ()
    assert found.threads >= 3
    assert found.requests > 15


def test_a_seed_is_a_race_that_can_be_run_again(lab: Lab, catalogue: Catalogue) -> None:
    first, again = (ran(lab, catalogue, "two_votes", 11) for _ in range(2))
    assert first == again
    assert first.broken == ()


def test_a_ledger_whose_conditions_do_not_hold_is_seen(
    lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = Table._update
    monkeypatch.setattr(table, "_condition", lambda write: {})
    monkeypatch.setattr(Table, "_update", lambda self, write: update(self, replace(write, when="", values=None)))
    monkeypatch.setattr(Ledger, "look", _alone(Ledger.look))
    found = ran(lab, catalogue, "one_resource", SEED)
    assert ONCE in {promise for promise, _ in found.broken}
    assert {promise for promise, _ in found.broken} <= set(PROMISES)


def _alone(look: Callable[..., Known]) -> Callable[..., Known]:
    """Return a look that sees nobody else at work."""

    def see(ledger: Ledger, finding: Finding, resources: Sequence[str]) -> Known:
        try:
            return look(ledger, finding, resources)
        except Busy:
            return Known()

    return see


def test_what_is_said_of_ourselves_does_not_hold_back_an_answer_while_another_delivery_says_it(
    lab: Lab, catalogue: Catalogue
) -> None:
    channels = replace(lab.organization.channels, alone=1)
    lab.organization = replace(lab.organization, channels=channels)
    stage = prepare(lab, catalogue, read(GROUP))
    engine = lab.engine(catalogue)
    name, _ = storm(engine.ledger.table, engine.clock(), GROUP.partition("/")[0], "111122223333", WINDOW)
    for id_ in (name, "the same"):
        said = finding(id_, "", "", "222222222222", "us-east-1", engine.clock())
        engine.ledger.claim(Record(id_, said, [], []), engine.ledger.look(said, []), "another")
    [incident] = engine.handle(stage.event)
    assert [change.outcome for change in incident.changes] == [Outcome.CONTAINED]
    announce(engine, "the same", "It is said once", "It is said by another delivery at this moment.")
    assert lab.slack.posted == []


def test_values_that_dynamodb_would_refuse_are_refused(lab: Lab, catalogue: Catalogue) -> None:
    with race(lab, catalogue, 0) as here:
        ledger = here.engine().ledger
        spare = Write(("a", "b"), {"c": 1}, values={"unused": 1})
        with pytest.raises(ValueError, match=":unused"):
            here.threads.run([lambda: ledger.table.write([spare])], lambda: None)


def test_a_transaction_that_meets_another_one_is_cancelled(lab: Lab, catalogue: Catalogue) -> None:
    said: list[str] = []
    with race(lab, catalogue, 0) as here:
        client = lab.hub("dynamodb")

        def write(value: str) -> None:
            update = {
                "TableName": TABLE,
                "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}},
                "UpdateExpression": "SET v = :v",
                "ExpressionAttributeValues": {":v": {"S": value}},
            }
            try:
                client.transact_write_items(TransactItems=[{"Update": update}])
                said.append("written")
            except ClientError as error:
                said.append(error.response["CancellationReasons"][0]["Code"])

        for _ in range(20):
            here.threads.run([lambda: write("1"), lambda: write("2")], lambda: None)
    assert set(said) == {"written", "TransactionConflict"}


def test_threads_take_turns_by_the_time_that_they_sleep() -> None:
    moved, order = [], []
    turns = Turns(5, moved.append)

    def sleeping(name: str, seconds: float) -> None:
        for _ in range(3):
            turns.sleep(seconds)
            order.append(name)

    turns.run([lambda: sleeping("slow", 2.5), lambda: sleeping("fast", 1.0)], lambda: None)
    assert order == ["fast", "fast", "slow", "fast", "slow", "slow"]
    assert sum(moved, timedelta()) == timedelta(seconds=7.5)


def test_what_a_thread_raises_comes_through() -> None:
    def fails() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        Turns(0, lambda _: None).run([fails], lambda: None)
