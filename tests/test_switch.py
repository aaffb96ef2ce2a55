"""The kill switch: what its value means, that it fails closed, and that a warm engine goes by it within a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import Catalogue
from chalicelib.errors import CountermeasureError
from chalicelib.ledger import HOLD_SECONDS
from chalicelib.model import Mode
from chalicelib.switch import MAX_AGE, MODE_PARAMETER, parsed, said, switch, written
from chalicelib.upkeep import tend
from lab.crashing import Crash, Fuse, gated
from lab.organization import Lab
from lab.stage import prepare
from tests.replaying import event, told

NAME = "/countermeasure/prod/mode"
TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
NO_MODE = (Mode.APPROVE, f"the kill switch {NAME} holds no mode: it must be off, observe, approve or enforce")
VALUES: dict[str, tuple[str, tuple[Mode, str] | None]] = {
    "enforce": ("enforce", None),
    "enforce, with a reason": ("enforce: it is over", None),
    "approve": ("approve", (Mode.APPROVE, f"the kill switch {NAME} is set to APPROVE")),
    "observe, with a reason": (
        "observe: incident 42, Jane",
        (Mode.OBSERVE, f"the kill switch {NAME} is set to OBSERVE: incident 42, Jane"),
    ),
    "off, typed by hand": (" off :noise\n", (Mode.OFF, f"the kill switch {NAME} is set to OFF: noise")),
    "a reason with a colon": ("off: a: b", (Mode.OFF, f"the kill switch {NAME} is set to OFF: a: b")),
    "nothing": ("", NO_MODE),
    "misspelt": ("observ", NO_MODE),
    "in capitals": ("OFF", NO_MODE),
    "more than a mode": ("enforced", NO_MODE),
    "a reason without a colon": ("observe incident 42", NO_MODE),
    "a reason on two lines": ("observe: a\nb", NO_MODE),
    "a reason without end": (f"observe: {'x' * 501}", NO_MODE),
}


@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_a_value_is_a_mode_and_what_is_none_lowers_to_approve(value: str, expected: tuple[Mode, str] | None) -> None:
    assert said(NAME, value) == expected


@given(st.text(max_size=60))
def test_no_value_is_understood_as_enforce_but_that_word(value: str) -> None:
    if said(NAME, value) is None:
        assert value.strip().startswith("enforce")


@given(st.sampled_from(Mode), st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=80))
def test_what_is_written_is_read_as_it_was_meant(mode: Mode, reason: str) -> None:
    assert parsed(written(mode, reason)) == (mode, reason.strip())


@pytest.mark.parametrize("reason", ["on\ntwo lines", "x" * 501], ids=["two lines", "too long"])
def test_a_reason_that_does_not_fit_is_refused(reason: str) -> None:
    with pytest.raises(CountermeasureError, match="the reason must be one line of at most 500 characters"):
        written(Mode.OFF, reason)


def test_where_no_parameter_is_named_there_is_no_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODE_PARAMETER, raising=False)

    def nobody() -> Any:
        raise AssertionError("nothing is asked")

    assert switch(nobody)() is None


@pytest.fixture
def ssm(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv(MODE_PARAMETER, NAME)
    return lab.hub("ssm")


def set_to(ssm: Any, value: str) -> None:
    ssm.put_parameter(Name=NAME, Value=value, Type="String", Overwrite=True)


def test_a_switch_that_is_not_there_lowers_to_approve_and_says_so(lab: Lab, ssm: Any) -> None:
    told = switch(lambda: ssm)()
    assert told
    assert told[0] is Mode.APPROVE
    assert told[1].startswith(f"the kill switch {NAME} could not be read: An error occurred (ParameterNotFound)")


def test_a_warm_engine_goes_by_the_switch_within_a_minute(lab: Lab, catalogue: Catalogue, ssm: Any) -> None:
    assert MAX_AGE < 60
    set_to(ssm, "enforce")
    with time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False) as clock:
        engine = None
        reasons = []
        for number, value in enumerate(["enforce", "observe: incident 42, Jane", "off", "enforce"]):
            real = prepare(lab, catalogue, event(TRAIL, detail__eventID=f"00000000-0000-4000-8000-{number:012}")).event
            engine = engine or lab.engine(catalogue)
            set_to(ssm, value)
            clock.shift(timedelta(seconds=59))
            [incident] = engine.handle(real)
            change = incident.changes[-1]
            reasons.append((change.mode, [c.reason for c in change.ceilings if c.guardrail == "kill switch"]))
    assert reasons == [
        (Mode.ENFORCE, []),
        (Mode.OBSERVE, [f"the kill switch {NAME} is set to OBSERVE: incident 42, Jane"]),
        (Mode.OFF, [f"the kill switch {NAME} is set to OFF"]),
        (Mode.ENFORCE, []),
    ]


def test_the_switch_is_asked_once_in_half_a_minute(lab: Lab, ssm: Any) -> None:
    asked = []
    ssm.meta.events.register("before-parameter-build.ssm.GetParameter", lambda **_: asked.append(1), unique_id="asked")
    set_to(ssm, "off")
    with time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False) as clock:
        look = switch(lambda: ssm)
        counts = []
        for seconds in (0, 0, MAX_AGE - 1, 2, 0):
            clock.shift(timedelta(seconds=seconds))
            assert look() == (Mode.OFF, f"the kill switch {NAME} is set to OFF")
            counts.append(len(asked))
    ssm.meta.events.unregister("before-parameter-build.ssm.GetParameter", unique_id="asked")
    assert counts == [1, 1, 1, 2, 2]


def test_people_are_told_once_whenever_the_switch_is_set(lab: Lab, catalogue: Catalogue, ssm: Any) -> None:
    said = []
    with time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False) as clock:
        engine = lab.engine(catalogue)
        for value in ("enforce", "off: noise", "off: other words", "observe", "enforce", "off: noise"):
            set_to(ssm, value)
            for _ in range(2):
                clock.shift(timedelta(seconds=60))
                tend(engine)
            said.append(told(lab))
    off, lifted = "Told: The kill switch holds at OFF", "Told: The kill switch is lifted"
    assert [[headline.partition(" in ")[0] for headline in each] for each in said] == [
        [],
        [off],
        [],
        ["Told: The kill switch holds at OBSERVE"],
        [lifted],
        [off],
    ]
    assert "is set to OFF: noise" in str(lab.slack.posted[0])


def test_a_death_while_it_is_told_neither_loses_nor_doubles_it(lab: Lab, catalogue: Catalogue, ssm: Any) -> None:
    set_to(ssm, "off")
    with time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False) as clock:
        for number in range(1, 6):
            with suppress(Crash), gated(Fuse(number, after=False, writes_only=True)):
                tend(lab.engine(catalogue))
            clock.shift(timedelta(seconds=HOLD_SECONDS + 1))
        for _ in range(3):
            tend(lab.engine(catalogue))
            clock.shift(timedelta(seconds=HOLD_SECONDS + 1))
    assert len([message for message in lab.slack.messages if "The kill switch" in str(message)]) == 1


def test_a_switch_that_may_not_be_read_any_more_lowers_an_engine_that_enforced(lab: Lab, ssm: Any) -> None:
    class Refusing:
        answers = iter([{"Parameter": {"Value": "enforce"}}])

        def get_parameter(self, **_: Any) -> Any:
            for answer in self.answers:
                return answer
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetParameter")

    with time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False) as clock:
        look = switch(Refusing)
        assert look() is None
        clock.shift(timedelta(seconds=MAX_AGE + 1))
        told = look()
    assert told
    assert told[0] is Mode.APPROVE
    assert "AccessDeniedException" in told[1]
