"""Stories that once went wrong, told again; hundreds that nobody thought of are told by the torture."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack

from chalicelib.decision import Action
from chalicelib.ledger import HOLD_SECONDS
from chalicelib.model import Mode, Outcome
from chalicelib.upkeep import tend
from lab.crashing import Crash, Fuse, gated
from lab.organization import Lab
from torture.group import opened
from torture.machine import ALICE, BOB, Machine
from torture.messages import untrue
from torture.subjects import Named
from torture.world import OPERATOR, world


def test_a_message_shows_what_was_refused_once_the_schedule_has_run() -> None:
    with ExitStack() as stack:
        group = opened(stack, Mode.ENFORCE, Counter(), another=False)
        group.deliver(0)
        assert group.decide(Action.APPROVE, OPERATOR) is False
        group.clock.shift(HOLD_SECONDS + 1)
        group.tend()
        assert untrue(group.engine, group.stored(), group.lab.slack) == []


def test_everything_is_taken_back_where_a_response_and_an_undo_wait_beside_each_other() -> None:
    story = Machine()
    try:
        story.begin(mode=Mode.APPROVE, another=True, crash=0)
        story.approve(by=ALICE, clicked=False)
        story.someone_opens_it(port=5432)
        story.update(news=True)
        story.undo(by=BOB, force=True, clicked=False)
        assert {each.of for each in story.group.stored().approvals} == {Action.APPROVE, Action.UNDO}
        story.everything_is_taken_back()
        assert story.group.stored().approvals == ()
        assert story.group.there() == story.witness.first
    finally:
        story.teardown()


def test_what_was_begun_and_changed_since_is_not_asked_again_as_if_nothing_had_been_done(lab: Lab) -> None:
    with world(lab, Named("iam.disable_all_keys_of_user", mode=Mode.APPROVE)) as here:
        here.perform("answer")
        try:
            with gated(_once_written()):
                here.perform("approve")
        except Crash:
            user = here.subject.units[0].resource
            iam = lab.boto(user.account, user.region).client("iam")
            keys = iam.list_access_keys(UserName=user.id)["AccessKeyMetadata"]
            iam.delete_access_key(UserName=user.id, AccessKeyId=keys[-1]["AccessKeyId"])
        here.clock.shift(HOLD_SECONDS + 1)
        tend(here.engine())
        [change] = here.stored().changes
        assert change.outcome is Outcome.FAILED
        assert (
            change.reason == "it was begun, and the resource has changed since: look at it, and undo it or act by hand"
        )
        assert change.before == here.first[here.subject.units[0].place]


def _once_written() -> Fuse:
    """Return a fuse that has the process die after the first key is inactive: its vote and its hold come before."""
    return Fuse(3, after=True, writes_only=True)
