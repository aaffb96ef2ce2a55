"""The match expressions of event patterns: each becomes a test of one value, and what an index may look it up by.

The facts are those of the EventBridge user guide, "Comparison operators for use in event patterns", and of the open
source library that EventBridge runs (aws/event-ruler).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from math import isfinite
from typing import TypeAlias

from chalicelib.dataclass import dataclass
from chalicelib.model import Json
from chalicelib.pattern.text import folded, grams, wildcard_parts, wildcard_test
from chalicelib.pattern.values import Key, address, key_of, micros, network
from chalicelib.quoting import one_line, quoted

Test: TypeAlias = Callable[[Json], bool]
OBJECT = (dict, Mapping)
"""Any mapping, and at once for the usual kind."""


class InvalidPattern(ValueError):
    """EventBridge would refuse this pattern. The message names the path in the pattern and says what is allowed."""

    def __init__(self, text: str) -> None:
        super().__init__(one_line(text))


class How(IntEnum):
    """How a value that matches relates to an index key."""

    EXACT = 0
    PREFIX = 1
    SUFFIX = 2
    INFIX = 3


@dataclass(frozen=True, slots=True)
class Expression:
    """One element of a field's list in a pattern.

    `equal`: an exact value is known by this alone, as `key_of` gives it.
    `keys`: any single one of them holds of every value that passes the test, in lower case. None are known if empty.
    `absent`: it is satisfied where the event has no such field.
    """

    test: Test
    keys: tuple[tuple[How, Key], ...] = ()
    equal: Key = None
    absent: bool = False


def expression(path: str, value: Json) -> Expression:
    """One element of the list at `path`: a string, number, boolean or null, or an object with one operator."""
    if isinstance(value, OBJECT):
        operator, operand = _only(path, value, "a match expression")
        if operator not in OPERATORS:
            raise InvalidPattern(f"{path}: unknown operator {quoted(operator)}; allowed are {', '.join(OPERATORS)}")
        return OPERATORS[operator](path, operand)
    if isinstance(value, str) and (wanted := address(value)) is not None:
        return Expression(lambda found: address(found) == wanted)
    if value is None or isinstance(value, (str, int)) or (isinstance(value, float) and isfinite(value)):
        key = key_of(value)
        return Expression(lambda found: key_of(found) == key, _exact_keys(value), equal=key)
    raise InvalidPattern(f"{path}: a value is a string, number, true, false, null or one operator; got {quoted(value)}")


def _only(path: str, value: Mapping[str, Json], what: str) -> tuple[str, Json]:
    if len(value) != 1:
        raise InvalidPattern(f"{path}: {what} has exactly one key; got {quoted(list(value))}")
    return next(iter(value.items()))


def _text(path: str, operator: str, operand: Json) -> str:
    if not isinstance(operand, str):
        raise InvalidPattern(f"{path}: {operator} takes a string; got {quoted(operand)}")
    return operand


def _exact_keys(value: Json) -> tuple[tuple[How, Key], ...]:
    return ((How.EXACT, value.lower() if isinstance(value, str) else key_of(value)),)


def _ascii_keys(how: How, text: str) -> tuple[tuple[How, Key], ...]:
    """Outside ASCII, lower case of a part is not always part of the lower case: such text is not looked up."""
    return ((how, text.lower()),) if text and text.isascii() else ()


def _exactly(path: str, operand: Json) -> Expression:
    text = _text(path, "exactly", operand)
    return Expression(lambda found: found == text, _exact_keys(text))


def _ignore_case(path: str, operand: Json) -> Expression:
    text = _text(path, "equals-ignore-case", operand)
    match = folded(text).fullmatch
    return Expression(
        lambda found: isinstance(found, str) and match(found) is not None,
        _ascii_keys(How.EXACT, text) if text else _exact_keys(text),
    )


def _affix_operand(path: str, operator: str, operand: Json) -> tuple[str, bool]:
    """The text, and whether its case is ignored."""
    if isinstance(operand, OBJECT):
        inner, text = _only(path, operand, operator)
        if inner != "equals-ignore-case":
            raise InvalidPattern(f"{path}: {operator} takes a string or equals-ignore-case; got {quoted(inner)}")
        return _text(path, f"{operator}/equals-ignore-case", text), True
    return _text(path, operator, operand), False


def _prefix(path: str, operand: Json) -> Expression:
    text, ignore_case = _affix_operand(path, "prefix", operand)
    keys = _ascii_keys(How.PREFIX, text)
    if ignore_case:
        match = folded(text).match
        return Expression(lambda found: isinstance(found, str) and match(found) is not None, keys)
    return Expression(lambda found: isinstance(found, str) and found.startswith(text), keys)


def _suffix(path: str, operand: Json) -> Expression:
    text, ignore_case = _affix_operand(path, "suffix", operand)
    keys = _ascii_keys(How.SUFFIX, text)
    if ignore_case:
        # One letter becomes at most three in another case.
        search, longest = folded(text, end=True).search, 3 * len(text)
        return Expression(
            lambda found: isinstance(found, str) and search(found[max(0, len(found) - longest) :]) is not None,
            keys,
        )
    return Expression(lambda found: isinstance(found, str) and found.endswith(text), keys)


def _wildcard(path: str, operand: Json) -> Expression:
    text = _text(path, "wildcard", operand)
    try:
        parts = wildcard_parts(text)
    except ValueError as error:
        raise InvalidPattern(f"{path}: wildcard {quoted(text)} has {error}") from None
    if len(parts) == 1:
        return Expression(wildcard_test(parts), _exact_keys(parts[0]))
    keys = _ascii_keys(How.PREFIX, parts[0]) + _ascii_keys(How.SUFFIX, parts[-1])
    return Expression(wildcard_test(parts), keys + tuple((How.INFIX, gram) for gram in grams(parts)))


def _numeric(path: str, operand: Json) -> Expression:
    signs = operand[::2] if isinstance(operand, list) else None
    if signs not in _COMPARISONS or len(operand) != 2 * len(signs):
        raise InvalidPattern(
            f'{path}: numeric takes a list such as ["=", 5], ["<", 10] or [">", 0, "<=", 5]; got {quoted(operand)}'
        )
    numbers = [_comparable(path, "numeric", number) for number in operand[1::2]]
    if numbers != sorted(set(numbers)):
        raise InvalidPattern(f"{path}: the bottom of a numeric range is below its top; got {quoted(operand)}")
    if signs == ["="]:
        return Expression(lambda found: micros(found) == numbers[0], _exact_keys(operand[1]))
    bottom = numbers[0] + (signs[0] == ">") if signs[0] in (">", ">=") else None
    top = numbers[-1] - (signs[-1] == "<") if signs[-1] in ("<", "<=") else None

    def test(found: Json) -> bool:
        scaled = micros(found)
        return scaled is not None and (bottom is None or bottom <= scaled) and (top is None or scaled <= top)

    return Expression(test)


def _comparable(path: str, operator: str, number: Json) -> int:
    scaled = micros(number)
    if scaled is None:
        raise InvalidPattern(
            f"{path}: {operator} takes numbers from -5e9 to 5e9 with at most six decimals; got {quoted(number)}"
        )
    return scaled


def _cidr(path: str, operand: Json) -> Expression:
    text = _text(path, "cidr", operand)
    try:
        bottom, top = network(text)
    except ValueError as error:
        raise InvalidPattern(f"{path}: cidr {quoted(text)}: {error}") from None

    def test(found: Json) -> bool:
        where = address(found)
        return where is not None and bottom <= where <= top

    return Expression(test)


def _exists(path: str, operand: Json) -> Expression:
    if not isinstance(operand, bool):
        raise InvalidPattern(f"{path}: exists takes true or false; got {quoted(operand)}")
    return Expression(_anything, absent=not operand)


def _anything(_: Json) -> bool:
    return True


def _anything_but(path: str, operand: Json) -> Expression:
    if isinstance(operand, OBJECT):
        operator, operand = _only(path, operand, "anything-but")
        if operator not in _EXCLUDED:
            raise InvalidPattern(
                f"{path}: anything-but takes a string, a number, a list of either, or one of "
                f"{', '.join(_EXCLUDED)}; got {quoted(operator)}"
            )
        inner, tests = f"anything-but/{operator}", []
        for text in _several(path, inner, operand):
            if not _text(path, inner, text) and operator in ("prefix", "suffix"):
                raise InvalidPattern(f"{path}: {inner} takes a string that is not empty")
            tests.append(_EXCLUDED[operator](path, text).test)
        return Expression(_none_of(tests))
    values = _several(path, "anything-but", operand)
    if not all(isinstance(value, str) for value in values):
        for value in values:
            _comparable(path, "anything-but a string, or a list of strings, or", value)
    keys = frozenset(key_of(value) for value in values)
    return Expression(lambda found: key_of(found) not in keys)


def _several(path: str, operator: str, operand: Json) -> list[Json]:
    values = operand if isinstance(operand, list) else [operand]
    if not values:
        raise InvalidPattern(f"{path}: {operator} takes a value or a list with at least one; got []")
    return values


def _none_of(tests: Iterable[Test]) -> Test:
    excluded = tuple(tests)
    return lambda found: not any(test(found) for test in excluded)


_COMPARISONS = [["="], ["<"], ["<="], [">"], [">="], [">", "<"], [">", "<="], [">=", "<"], [">=", "<="]]

_EXCLUDED: dict[str, Callable[[str, Json], Expression]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignore_case,
    "wildcard": _wildcard,
}

OPERATORS: dict[str, Callable[[str, Json], Expression]] = {
    **_EXCLUDED,
    "exactly": _exactly,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "cidr": _cidr,
    "exists": _exists,
}
