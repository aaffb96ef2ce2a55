"""What differs between two states, and time spans, as every report says them."""

from __future__ import annotations

from typing import Any

import pytest

from cli.reports.diff import MOST, DiffLine, diff
from cli.reports.page import between

CASES: dict[str, tuple[Any, Any, list[tuple[str, str, str]]]] = {
    "a value": ("Active", "Inactive", [("-", "", "Active"), ("+", "", "Inactive")]),
    "a key": ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("-", "b", "2"), ("+", "b", "3")]),
    "a key that goes and one that comes": ({"a": 1}, {"b": 1}, [("-", "a", "1"), ("+", "b", "1")]),
    "a key within a key": (
        {"a": {"b": {"c": 1}}},
        {"a": {"b": {"c": 2}}},
        [("-", "a › b › c", "1"), ("+", "a › b › c", "2")],
    ),
    "of a list, what goes and comes": (["x", "y"], ["y", "z"], [("-", "", "x"), ("+", "", "z")]),
    "one object of a list": (
        [{"sid": 1, "who": "*"}],
        [{"sid": 1, "who": "us"}],
        [("-", "[0] › who", "*"), ("+", "[0] › who", "us")],
    ),
    "the order of a list": (["x", "y"], ["y", "x"], [("-", "", "x, y"), ("+", "", "y, x")]),
    "a number for a truth": ({"a": 1}, {"a": True}, [("-", "a", "1"), ("+", "a", "true")]),
    "nothing for something": (None, {"a": 1}, [("-", "", "none"), ("+", "", "a: 1")]),
    "nothing": ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}, []),
}


@pytest.mark.parametrize(("before", "after", "lines"), CASES.values(), ids=CASES)
def test_what_differs_is_shown_key_by_key(before: Any, after: Any, lines: list[tuple[str, str, str]]) -> None:
    assert diff(before, after).lines == tuple(DiffLine(*each) for each in lines)


def test_what_is_the_same_is_counted() -> None:
    assert diff({"a": 1, "b": 2, "c": [1, 2, 3]}, {"a": 1, "b": 0, "c": [2, 3, 4]}).same == 3


def test_a_difference_too_long_says_how_much_more_there_is() -> None:
    found = diff([], [f"rule-{n}" for n in range(MOST + 7)])
    assert (len(found.lines), found.left_out) == (MOST, 7)


SPANS = ((0, "0 s"), (0.84, "0.8 s"), (9.96, "10 s"), (59.7, "1 min"), (133, "2 min 13 s"), (11_100, "3 h 5 min"))


@pytest.mark.parametrize(("seconds", "said"), [*SPANS, (86_400, "1 d"), (1_396_800, "16 d 4 h"), (-3, "-3 s")])
def test_a_span_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert between(seconds) == said
