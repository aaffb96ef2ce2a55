"""Compile an event pattern into the conditions that an event has to satisfy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.model import Json
from chalicelib.pattern.event import Found, Home, Node, name_tree, read
from chalicelib.pattern.lists import Wanted, consistent
from chalicelib.pattern.operators import OBJECT, OPERATORS, Expression, How, InvalidPattern, Test, expression
from chalicelib.pattern.values import Key, key_of
from chalicelib.quoting import quoted

_THE_PATTERN = "the pattern"
_COMBINATIONS = 1000
_DEPTH = 200
_COMPARISONS = {"=", "<", "<=", ">", ">="}
_DATES = {"date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"}
_PLANNED = {"regex", "not-wildcard", "not-equals-ignore-case", "ip-address-in-range", "ip-address-not-in-range"}
_RESERVED_IN_OR = {*OPERATORS, *_COMPARISONS, *_DATES, *_PLANNED}


@dataclass(frozen=True, slots=True)
class Condition:
    """What one field must be: pass the test, or be absent where `may_be_absent`.

    `keys` holds, per element of the list in the pattern, the index keys of which any single one will do; None if some
    values that match are not known by a key.
    """

    test: Test
    may_be_absent: bool
    keys: tuple[tuple[tuple[How, Key], ...], ...] | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Conditions that must all hold, by dotted field name, in the order in which EventBridge takes them."""

    conditions: tuple[tuple[str, Condition], ...]

    def holds(self, fields: Mapping[str, Found]) -> bool:
        """`fields`: what `read` has made of an event, for at least the names of these conditions."""
        homes: set[Home] = set()
        all_pass = True
        for name, condition in self.conditions:
            found = fields.get(name)
            if found is None:
                if not condition.may_be_absent:
                    return False
                continue
            passes = False
            for value, home in found:
                passes = passes or condition.test(value)
                if home is not None:
                    homes.add(home)
            all_pass = all_pass and passes
            if not passes and not condition.may_be_absent:
                return False
        return consistent(self._wanted(fields)) if len(homes) > 1 else all_pass

    def _wanted(self, fields: Mapping[str, Found]) -> list[Wanted]:
        return [
            Wanted(
                present=[home for _, home in fields.get(name, ())],
                matching=[home for value, home in fields.get(name, ()) if condition.test(value)],
                may_be_absent=condition.may_be_absent,
            )
            for name, condition in self.conditions
        ]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled event pattern: it matches an event if one of its alternatives holds ($or makes several)."""

    alternatives: tuple[Alternative, ...]
    names: Node

    def matches(self, event: Mapping[str, Any]) -> bool:
        """`event`: the envelope that EventBridge delivers, as parsed JSON. Whatever it holds, nothing is raised."""
        if not isinstance(event, OBJECT):
            return False
        fields = read(self.names, event)
        return any(alternative.holds(fields) for alternative in self.alternatives)


def compile_pattern(pattern: Mapping[str, Any]) -> Pattern:
    """Compile the JSON object that EventBridge takes as `EventPattern`. InvalidPattern says what is wrong, and where.

    Where `$or` is not a list of at least two objects without operators, it is the name of a field, throughout the
    pattern (EventBridge user guide, "Comparison operators for use in event patterns"; aws/event-ruler, "The "$or"
    Primitive").
    """
    alternatives = compile_alternatives(pattern)
    return Pattern(alternatives, name_tree(name for each in alternatives for name, _ in each.conditions))


def compile_alternatives(pattern: Mapping[str, Any]) -> tuple[Alternative, ...]:
    """What `compile_pattern` makes, without what only a pattern by itself needs."""
    if not isinstance(pattern, OBJECT):
        raise InvalidPattern(f"{_THE_PATTERN}: an event pattern is an object; got {quoted(pattern)}")
    try:
        alternatives = _object(pattern, None, [{}], _Mode())
    except InvalidPattern as refused:
        try:
            alternatives = _object(pattern, None, [{}], _Mode(or_is_a_name=True))
        except InvalidPattern:
            raise refused from None
    return tuple(Alternative(tuple(sorted(conditions.items(), key=_order))) for conditions in alternatives)


def _order(condition: tuple[str, Condition]) -> bytes:
    """By UTF-16 code units, as Java sorts text: fields that may be absent depend on those before them."""
    return condition[0].encode("utf-16-be", "surrogatepass")


@dataclass(frozen=True, slots=True)
class _Mode:
    or_is_a_name: bool = False
    inside_or: bool = False
    depth: int = 0

    def deeper(self, inside_or: bool = False) -> _Mode:
        return _Mode(self.or_is_a_name, self.inside_or or inside_or, self.depth + 1)


def _object(
    pattern: Mapping[str, Json], path: str | None, alternatives: list[dict[str, Condition]], mode: _Mode
) -> list[dict[str, Condition]]:
    """The alternatives, each with the conditions of this object added: a name that comes again replaces the earlier."""
    if not pattern:
        raise InvalidPattern(f"{_THE_PATTERN if path is None else path}: an object has at least one field; got {{}}")
    if mode.depth > _DEPTH:
        raise InvalidPattern(f"{path}: objects are nested at most {_DEPTH} deep")
    for name, value in pattern.items():
        where = str(name) if path is None else f"{path}.{name}"
        if name == "$or" and not mode.or_is_a_name:
            alternatives = _either(value, where, path, alternatives, mode)
        elif mode.inside_or and name in _RESERVED_IN_OR:
            raise InvalidPattern(f"{where}: inside $or a field is not named as an operator is")
        elif isinstance(value, OBJECT):
            alternatives = _object(value, where, alternatives, mode.deeper())
        elif isinstance(value, list):
            condition = _condition(where, value)
            for conditions in alternatives:
                conditions[where] = condition
        else:
            raise InvalidPattern(f"{where}: a field takes an object or a list of values; got {quoted(value)}")
    return alternatives


def _either(
    branches: Json, where: str, path: str | None, alternatives: list[dict[str, Condition]], mode: _Mode
) -> list[dict[str, Condition]]:
    if (
        not isinstance(branches, list)
        or len(branches) < 2
        or not all(isinstance(branch, OBJECT) for branch in branches)
    ):
        raise InvalidPattern(f"{where}: takes a list of at least two objects; got {quoted(branches)}")
    if len(branches) * len(alternatives) > _COMBINATIONS:
        raise InvalidPattern(f"{where}: all $or of a pattern make at most {_COMBINATIONS} combinations")
    inner = mode.deeper(inside_or=True)
    extended = [each for branch in branches for each in _object(branch, path, list(map(dict, alternatives)), inner)]
    if len(extended) > _COMBINATIONS:
        raise InvalidPattern(f"{where}: all $or of a pattern make at most {_COMBINATIONS} combinations")
    return extended


def _condition(path: str, values: list[Json]) -> Condition:
    if not values:
        raise InvalidPattern(f"{path}: a list has at least one value; got []")
    expressions = [expression(path, value) for value in values]
    present = [each for each in expressions if not each.absent]
    return Condition(
        test=_any_of(present),
        may_be_absent=len(present) < len(expressions),
        keys=tuple(each.keys for each in present) if all(each.keys for each in present) else None,
    )


def _any_of(expressions: list[Expression]) -> Test:
    """One test for all: exact values, which most patterns consist of, take a single look-up."""
    equal = frozenset(each.equal for each in expressions if each.equal is not None)
    tests = [each.test for each in expressions if each.equal is None]
    if equal:
        texts_only = all(isinstance(key, str) for key in equal)
        tests.insert(0, equal.__contains__ if texts_only else lambda found: key_of(found) in equal)
    return tests[0] if len(tests) == 1 else lambda found: any(test(found) for test in tests)
