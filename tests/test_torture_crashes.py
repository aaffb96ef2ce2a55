"""The torture of crashes, in its short form; and that it sees what is broken."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import acting
from chalicelib.acting import Step
from chalicelib.model import Outcome
from chalicelib.telling import Teller
from lab.crashing import Call, Crash, Fuse, gated
from lab.organization import TABLE, Lab
from torture.copies import CopyFailed, in_a_copy
from torture.crashes import Turn, turn_of
from torture.dying import Moment, deaths, undisturbed
from torture.subjects import Named

QUEUE = Named("sqs.remove_public_policy")


def test_whoever_takes_up_what_a_dead_process_left_ends_as_an_undisturbed_one_does(lab: Lab) -> None:
    right = undisturbed(lab, QUEUE)
    assert right.wrong == ()
    assert right.outcomes == {"answer": [(QUEUE.id, "contained")], "undo": [(QUEUE.id, "undone")]}
    assert (sorted(right.sns.values()), sorted(right.slack.values())) == ([1, 1], [1, 1])
    luck = random.Random(1)
    found = deaths(lab, QUEUE, right, lambda moment: moment.after_a_write and luck.random() < 0.4, seed=1)
    assert len(found) > 4
    assert [str(death) for death in found if death.wrong] == []


def test_an_undo_that_gives_nothing_back_is_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: Any, step: Step, __: bool) -> Step:
        return replace(step, change=replace(step.change, outcome=Outcome.UNDONE))

    monkeypatch.setattr(acting, "_write_back", nothing)
    wrong = undisturbed(lab, QUEUE).wrong
    assert [each.promise for each in wrong] == ["restores"]
    assert wrong[0].what.startswith("after undo: sqs.remove_public_policy is undone, and there is ")


def test_what_a_dead_process_did_not_tell_and_nobody_else_tells_is_seen(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = undisturbed(lab, QUEUE)
    tell = Teller.tell
    monkeypatch.setattr(Teller, "tell", lambda self, id_, was=(), new=(): tell(self, id_, (), new))
    [death] = deaths(lab, QUEUE, right, lambda moment: moment.following == "sns:Publish" and moment.act == "undo", 1)
    assert {each.promise for each in death.wrong} == {"tells", "settles"}


def test_of_two_moments_without_a_write_between_them_only_the_first_is_another_world() -> None:
    made = ("dynamodb:PutItem", "ec2:DescribeInstances")
    assert Moment("answer", (), "dynamodb:BatchGetItem").after_a_write
    assert Moment("answer", made[:1], made[1]).after_a_write
    assert not Moment("answer", made, "").after_a_write
    assert Moment("answer", made, "dynamodb:BatchWriteItem", halfway=True).after_a_write


def test_every_moment_has_its_turn_and_one_in_eight_that_follow_a_write_comes_first() -> None:
    calls = ["dynamodb:PutItem", "ec2:DescribeInstances"] * 16
    moments = [Moment("answer", tuple(calls[:number]), "") for number in range(1, len(calls) + 1)]
    turns = [turn_of(moments[:number], first=3) for number in range(1, len(moments) + 1)]
    assert [number // 2 for number, turn in enumerate(turns) if turn is Turn.SOME] == [3, 11]
    assert Counter(turns) == {Turn.SOME: 2, Turn.WRITES: 14, Turn.OTHERS: 16}


@pytest.mark.parametrize(
    ("made", "excused"),
    [
        ((), False),
        (("sns:Publish",), True),
        (("sns:Publish", "slack:chat_postMessage", "dynamodb:Query"), True),
        (("sns:Publish", "slack:chat_postMessage", "dynamodb:PutItem"), False),
    ],
)
def test_sns_may_be_told_twice_only_between_its_answer_and_the_receipt(made: tuple[str, ...], excused: bool) -> None:
    assert Moment("answer", made, "").without_receipt is excused


def test_what_a_copy_does_is_not_done_in_the_original(lab: Lab) -> None:
    def open_topic() -> int:
        lab.hub("sns").create_topic(Name="another")
        return len(lab.hub("sns").list_topics()["Topics"])

    assert in_a_copy(open_topic) == len(lab.hub("sns").list_topics()["Topics"]) + 1


def test_a_copy_that_fails_says_why() -> None:
    def fail() -> None:
        raise LookupError("nothing is there")

    with pytest.raises(CopyFailed, match="LookupError: nothing is there"):
        in_a_copy(fail)


@pytest.mark.parametrize(("after", "made"), [(False, 1), (True, 2)])
def test_a_process_dies_at_its_second_write_and_makes_no_more_calls(lab: Lab, after: bool, made: int) -> None:
    sns = lab.hub("sns")
    with gated(Fuse(2, after=after, writes_only=True)):
        sns.create_topic(Name="one")
        sns.list_topics()
        with pytest.raises(Crash):
            sns.create_topic(Name="two")
        with pytest.raises(Crash):
            sns.list_topics()
    topics = [each["TopicArn"].rpartition(":")[2] for each in sns.list_topics()["Topics"]]
    assert sorted(topics) == ["countermeasure", "one", "two"][: 1 + made]


def test_of_a_batch_some_items_may_be_written_and_others_not(lab: Lab) -> None:
    def in_part(call: Call) -> Any:
        return call.make_part(random.Random(1)) if call.make_part else call.make()

    items = [{"PutRequest": {"Item": {"pk": {"S": "one"}, "sk": {"S": str(number)}}}} for number in range(9)]
    dynamodb = lab.hub("dynamodb")
    with gated(in_part):
        dynamodb.batch_write_item(RequestItems={TABLE: items})
    kept = dynamodb.scan(TableName=TABLE)["Items"]
    assert 0 < len(kept) < 9
    assert all(json.dumps(item) in json.dumps(items) for item in kept)
