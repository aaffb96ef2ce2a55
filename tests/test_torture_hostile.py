"""The torture by hostile input, in short; and that it notices what it is there to notice."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from chalicelib import records
from chalicelib.findings import reading
from chalicelib.slackapp import endpoint
from torture import hostile, hostile_growth, hostile_loop
from torture.hostile_growth import BOUND, held
from torture.hostile_loop import Broken, Case, Tally, Target, attempt, built, explored
from torture.hostile_reading import one_line
from torture.hostile_seeds import SECRETS, planted
from torture.hostile_values import DEEP, deep, mutated, size
from torture.hostile_world import World, shown, world

SEED, FOREVER = 7, 600.0


@pytest.fixture(scope="module")
def around() -> Iterator[World]:
    with world() as made:
        yield made


class TestInShort:
    @pytest.mark.parametrize("name", hostile.PURE)
    def test_whatever_is_read_is_taken_or_refused(self, name: str) -> None:
        tally = explored(hostile.PURE[name](), SEED, FOREVER, most=40)
        assert (tally.tried, tally.broken) == (40, {})
        assert 0 < tally.taken < 40

    @pytest.mark.parametrize(("name", "most"), [("slack", 60), ("decide", 12), ("answers", 2)])
    def test_whatever_is_asked_nothing_is_done_that_must_not_be(self, around: World, name: str, most: int) -> None:
        tally = explored(hostile.DEPLOYED[name](around), SEED, FOREVER, most=most)
        assert (tally.tried, tally.broken) == (most, {})


def found(target: Target, most: int) -> str:
    """Return everything that a target finds broken."""
    return " ".join(explored(target, SEED, FOREVER, most=most).broken)


class TestItNotices:
    def test_what_slack_did_not_sign(self, around: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(endpoint, "signed_body", lambda request, *_: request.raw_body)
        assert "something was done that Slack did not sign" in found(hostile.DEPLOYED["slack"](around), 20)

    def test_a_secret_in_the_ledger(self, around: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(records, "withheld", lambda event: event)
        assert "shows" in found(hostile.DEPLOYED["answers"](around), 1)

    def test_text_that_was_not_cleaned(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "clean", lambda text, limit: text)
        assert "Broken" in found(hostile.PURE["events"](), 600)

    def test_an_input_that_has_no_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def endless(_: Any) -> bool:
            while True:
                pass

        monkeypatch.setattr(hostile_loop, "LONGEST", 0.05)
        target = Target("endless", {"x": str}, lambda value, _: value, endless)
        assert "it takes longer than 0.05 seconds" in found(target, 1)

    @pytest.mark.parametrize(("power", "ratio"), [(1.0, 2.0), (2.0, 4.0)])
    def test_time_that_grows_faster_than_size(
        self, monkeypatch: pytest.MonkeyPatch, power: float, ratio: float
    ) -> None:
        monkeypatch.setattr(hostile_growth, "shapes", lambda: {"lines": ("".zfill, None)})
        monkeypatch.setattr(hostile_growth, "_seconds", lambda _, size: len(size) ** power / 1e6)
        found = hostile_growth.grown("lines")
        assert found.ratio == pytest.approx(ratio)
        with contextlib.nullcontext() if ratio < BOUND else pytest.raises(Broken, match=r"lines: 4\.0 times as long"):
            held(found)

    @pytest.mark.parametrize("text", ["", "a\nb", "x" * 601, "\u202e"])
    def test_a_refusal_that_is_no_short_line(self, text: str) -> None:
        with pytest.raises(Broken):
            one_line(text, "it")

    def test_a_secret_however_json_writes_it(self) -> None:
        assert shown(r"the log says a\/b and a\"b", ['a"b', "c"]) == ['a"b']


class TestACaseIsRepeatable:
    @pytest.mark.parametrize("name", ["events", "patterns", "toml", "intake"])
    def test_its_name_is_enough_to_build_it_again(self, name: str) -> None:
        target = hostile.PURE[name]()
        case = Case(min(target.seeds), (3, 5, 8))
        assert repr(built(target, case)) == repr(built(target, case))
        assert case.named(name) == f"{name}|{min(target.seeds)}|3,5,8"

    def test_a_broken_one_is_tried_again_by_its_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        target = Target("t", {"s": list}, mutated, _refuse)
        monkeypatch.setattr(hostile, "PURE", {"t": lambda: target})
        tally = Tally("t")
        attempt(target, Case("s", (10,)), tally)
        [line] = tally.broken.values()
        with pytest.raises(ZeroDivisionError):
            hostile.again(line.split("  ")[0])

    def test_the_same_seed_tries_the_same(self) -> None:
        told: list[list[str]] = [[], []]
        for heard in told:
            explored(Target("t", {"s": dict, "u": list}, mutated, _hear(heard)), SEED, FOREVER, most=30)
        assert told[0] == told[1]


def _refuse(_: Any) -> bool:
    raise ZeroDivisionError


def _hear(heard: list[str]) -> Callable[[Any], bool]:
    def hear(value: Any) -> bool:
        heard.append(repr(value)[:200])
        return True

    return hear


def test_secrets_are_planted_where_real_events_carry_them() -> None:
    event = planted({"detail": {"requestParameters": {}, "findings": [{}]}}, Random(1))
    assert shown(str(event), SECRETS) == list(SECRETS)


@pytest.mark.parametrize("kind", [list, dict])
def test_nesting_without_end_is_made_and_measured(kind: type) -> None:
    assert size(deep(DEEP, kind)) > DEEP


def test_lines_that_are_reached_are_lines_of_functions() -> None:
    target = hostile.PURE["events"]()
    tally = explored(target, SEED, FOREVER, most=20)
    reachable = hostile_loop.reachable(("chalicelib/findings/",))
    assert 0.3 < len(tally.lines & reachable) / len(reachable) < 1
