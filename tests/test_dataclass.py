"""A dataclass of ours is the standard library's, to whoever uses it."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from chalicelib.dataclass import dataclass

VALUES = [("a", 1, {}, "x"), ("a", 1, {"k": []}, "x"), ("a", 2, {}, "x"), ("b", 1, {}, "y"), ("a", 1, {}, "y")]


def shapes(make: Callable[..., Callable[[type], type]]) -> dict[str, type]:
    """Return classes of every kind that the product has, made by one `dataclass` or the other."""

    @make(frozen=True, slots=True)
    class Many:
        name: str
        count: int
        kept: dict[str, Any] = field(compare=True, hash=False)
        seen: str = field(default="", compare=False, repr=False)

    @make(frozen=True, slots=True)
    class One:
        name: str

    @make(frozen=True, slots=True)
    class Nothing:
        pass

    @make(frozen=True, slots=True)
    class Silent:
        secret: str

        def __repr__(self) -> str:
            return "Silent(...)"

    return {each.__name__: each for each in (Many, One, Nothing, Silent)}


OURS, THEIRS = shapes(dataclass), shapes(dataclasses.dataclass)


def test_values_are_equal_where_the_standard_librarys_are() -> None:
    for first in VALUES:
        for second in VALUES:
            ours, theirs = ([each["Many"](*values) for values in (first, second)] for each in (OURS, THEIRS))
            assert (ours[0] == ours[1]) == (theirs[0] == theirs[1]), (first, second)
            assert ours[0] != theirs[0]


def test_equal_values_have_one_hash_and_others_another() -> None:
    many = OURS["Many"]
    assert len({many(*values) for values in VALUES}) == 4, "the first and the last are one"
    assert hash(many(*VALUES[0])) == hash(many(*VALUES[1])), "what is not hashed may be unhashable, and differ"
    assert len({OURS["One"]("a"), OURS["One"]("a"), OURS["One"]("b"), OURS["Nothing"](), OURS["Nothing"]()}) == 3


@pytest.mark.parametrize(
    ("shape", "values"), [("Many", VALUES[1]), ("One", ("it's",)), ("Nothing", ()), ("Silent", ("s",))]
)
def test_it_shows_itself_as_the_standard_librarys_does(shape: str, values: tuple[Any, ...]) -> None:
    assert repr(OURS[shape](*values)) == repr(THEIRS[shape](*values))


def test_what_holds_itself_is_shown() -> None:
    held: dict[str, Any] = {}
    each = OURS["Many"]("a", 1, held)
    held["self"] = each
    assert repr(each).endswith("kept={'self': ...})")


def test_nothing_of_it_can_be_changed() -> None:
    one = OURS["One"]("a")
    with pytest.raises(FrozenInstanceError):
        one.name = "b"
    with pytest.raises(FrozenInstanceError):
        del one.name
    with pytest.raises((AttributeError, TypeError)):  # which of them depends on the Python
        one.other = "b"
    assert dataclasses.replace(one, name="b").name == "b"
    assert one.name == "a"


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    more: tuple[str, ...] = ()


def test_a_copy_is_equal() -> None:
    kept = Kept("a", ("b",))
    assert copy.deepcopy(kept) == copy.copy(kept) == pickle.loads(pickle.dumps(kept)) == kept
    assert dataclasses.asdict(kept) == {"name": "a", "more": ("b",)}
