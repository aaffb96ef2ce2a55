"""A few calls of a few answers meet a fault: the short form of `python -m torture faults`."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import chain, repeat

import pytest
from botocore.exceptions import ReadTimeoutError
from chalice.local import LambdaContext

from chalicelib.accounts import describe
from chalicelib.acting import ENOUGH, Step
from chalicelib.aws import CONFIG
from chalicelib.catalogue import Catalogue
from chalicelib.errors import CountermeasureError
from chalicelib.model import Change, Mode, Outcome
from chalicelib.units import units
from lab.faulty import Fault, faults
from lab.line import Line, faulty
from lab.organization import Lab
from lab.single import Single, single
from lab.stage import prepare
from tests.functions import Deployed
from tests.replaying import event
from torture.fault_copies import Tried
from torture.fault_judge import Held
from torture.fault_trial import TIMEOUT, Usual, trials, usual
from torture.faults import Share, cases, part
from torture.subjects import Named, composed
from torture.subjects import catalogue as every

ONE = Named("sqs.remove_public_policy")


def tried(lab: Lab, named: Named, *wanted: tuple[str, Fault]) -> list[Tried]:
    """Try faults of the first call of an operation."""
    expected = usual(lab, named)
    assert expected.broken == ()
    calls = {name: expected.calls.index(name) + 1 for name in expected.calls}
    some: dict[int, list[Fault]] = {}
    for operation, fault in wanted:
        some.setdefault(calls[operation], []).append(fault)
    return trials(lab, named, expected, some, 0, time.monotonic() + 60)


def test_an_answer_comes_right_whatever_a_write_meets(lab: Lab) -> None:
    met = [Fault.THROTTLED, Fault.LOST, Fault.ALL_LOST, Fault.STALE_LONG]
    came = tried(lab, ONE, *(("sqs.SetQueueAttributes", fault) for fault in met))
    assert {one.fault: one.ended for one in came} == {
        Fault.THROTTLED: "delivered again: a response failed",
        Fault.LOST: "contained",
        Fault.ALL_LOST: "contained",
        Fault.STALE_LONG: "unverified",
    }
    assert [one.broken for one in came] == [()] * len(met)


def test_what_sns_took_and_nobody_heard_of_is_told_twice_at_most(lab: Lab) -> None:
    [lost, refused] = tried(lab, ONE, ("sns.Publish", Fault.LOST), ("sns.Publish", Fault.NO_KEY))
    assert (lost.ended, lost.doubled, lost.broken) == ("contained", 1, ())
    assert (refused.ended, refused.doubled, refused.broken) == ("contained", 0, ())


def test_a_hold_whose_answer_was_lost_is_ours_all_the_same(lab: Lab) -> None:
    [one] = tried(lab, ONE, ("dynamodb.PutItem", Fault.LOST))
    assert (one.ended, one.broken) == ("contained", ())


def test_one_call_that_is_never_answered_leaves_the_time_to_say_so() -> None:
    waits = CONFIG.retries["total_max_attempts"] * CONFIG.read_timeout
    assert waits < ENOUGH < TIMEOUT / 2 + 1


def test_a_step_that_was_done_stays_done_where_another_fails_and_is_tried_again(lab: Lab) -> None:
    [named] = [each for each in composed(Mode.ENFORCE) if each.id == "guardduty.ec2_mining_cryptocurrency"]
    [one] = tried(lab, named, ("ec2.CreateSnapshots", Fault.BROKEN_CALL))
    assert (one.ended, one.broken) == ("delivered again: a response failed", ())


def test_what_is_broken_is_said_with_what_it_takes_to_try_it_again() -> None:
    held = Tried(str(ONE), 9, "sqs.SetQueueAttributes", Fault.LOST, "contained")
    broken = replace(held, call=8, broken=((Held.BEFORE, "it is lost"),))
    said = part(1, [Share([held, broken], subjects=1, whole=20, calls=10)])
    assert [promise.what for promise in said.promises if not promise.held] == [Held.BEFORE]
    assert list(said.broken) == [
        "sqs.remove_public_policy enforce | 8 sqs.SetQueueAttributes | answer lost once: it is lost"
    ]
    assert ("Faults of calls tried", "2 of 20 (10%)") in said.figures


def test_some_calls_of_every_subject_come_first_and_every_call_meets_each_of_its_faults_once() -> None:
    operations = ("dynamodb.PutItem", "sqs.GetQueueUrl", "sqs.SetQueueAttributes", "sns.Publish") * 4
    [named] = [each for each in composed(Mode.ENFORCE) if each.id == "guardduty.ec2_mining_cryptocurrency"]
    some, others, *later = cases(named, Usual(operations, {}, ()), seed=1)
    assert (len(some), sorted([*some, *others])) == (2, list(range(1, 17)))
    met = {number: [fault for each in (some, others, *later) for fault in each.get(number, ())] for number in range(17)}
    assert {number: sorted(found) for number, found in met.items() if number} == {
        number: sorted(faults(operation)) for number, operation in enumerate(operations, 1)
    }


def test_a_call_that_aws_never_answered_is_named(lab: Lab) -> None:
    line = Line(lambda _: None, 60)
    line.fault, line.at = Fault.SILENT, 1
    sqs = lab.boto("444455556666", "eu-west-1").client("sqs")
    one = single(lab, every().remediations["sqs.remove_public_policy"])
    hands = lab.engine(one.catalogue).hands
    with (
        faulty(line),
        hands.accounts.reading(one.resource.account, "eu-west-1", "inc-1", [one.remediation]) as aws,
        line.invocation(),
        pytest.raises(ReadTimeoutError) as raised,
    ):
        aws.client("sqs").get_queue_url(QueueName="orders")
    assert describe(raised.value).startswith("ReadTimeoutError from GetQueueUrl: Read timeout on endpoint URL")
    assert line.took == pytest.approx(24, abs=2)  # four attempts of six seconds, and the pauses between them
    assert sqs.get_queue_url(QueueName="orders")["QueueUrl"]


def test_what_there_is_no_time_for_is_not_begun_and_is_said(lab: Lab) -> None:
    one = single(lab, every().remediations["sqs.remove_public_policy"])
    engine = lab.engine(one.catalogue)
    hurried = replace(engine, hands=replace(engine.hands, left=lambda: ENOUGH - 1.0))
    [change] = hurried.answer(one.finding, [one.rule]).changes
    assert (change.outcome, change.reason) == (Outcome.FAILED, "there is no time left to begin it: it is tried again")
    [change] = engine.answer(one.finding, [one.rule]).changes
    assert change.outcome is Outcome.CONTAINED


@pytest.mark.parametrize(("left", "begun"), [((60_000, 20_000), False), ((60_000, 59_000), True), ((3_000,), True)])
def test_a_function_divides_the_time_that_lambda_gives_it(
    deployed: Deployed, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, left: tuple[int, ...], begun: bool
) -> None:
    what = prepare(deployed.lab, catalogue, event("cloudtrail.trail_logging_stopped/fires.by_arn")).event
    times = chain(left, repeat(left[-1]))
    monkeypatch.setattr(LambdaContext, "get_remaining_time_in_millis", lambda _: next(times))
    if begun:
        assert deployed.invoke("cloudtrail", what)
    else:
        with pytest.raises(CountermeasureError, match=r"1 responses failed: .*no time left"):
            deployed.invoke("cloudtrail", what)


def test_a_failed_change_keeps_why_it_failed_when_nobody_can_look_either(lab: Lab) -> None:
    one = single(lab, every().remediations["sqs.remove_public_policy"])
    [planned] = lab.engine(one.catalogue).hands.plan([Step(units(one.finding, [one.rule])[0], _change(one))])
    failed = replace(planned, change=replace(planned.change, outcome=Outcome.FAILED, reason="AccessDenied from Write"))
    hands = replace(lab.engine(one.catalogue).hands, left=lambda: 0.0)
    [looked] = hands.look([failed], Outcome.UNVERIFIED, Outcome.CONTAINED)
    assert (looked.change.outcome, looked.change.reason) == (Outcome.FAILED, "AccessDenied from Write")


def _change(one: Single) -> Change:
    return Change("1", "inc-1", "f", one.rule.id, one.remediation.id, one.resource, Mode.ENFORCE, Outcome.OFF)
