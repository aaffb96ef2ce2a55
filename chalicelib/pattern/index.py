"""Find which of many patterns match an event, at a cost that does not grow with the number of patterns.

Each alternative of each pattern is filed under one of its fields, the one that is expected to bring up the fewest
alternatives that then do not match, judged by all patterns together. An event brings up what is filed under the values
that it has; only those are then matched in full.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from chalicelib.model import Json
from chalicelib.pattern.compiler import Alternative, Condition, compile_alternatives
from chalicelib.pattern.event import Found, name_tree, read
from chalicelib.pattern.operators import OBJECT, How
from chalicelib.pattern.text import GRAM
from chalicelib.pattern.values import Key, key_of

T = TypeVar("T")
_Place: TypeAlias = "tuple[How, Key] | None"
"""Where a drawer files an alternative: under a key, or under the mere presence of the field."""


class Index(Generic[T]):
    """Patterns, each with what it stands for: a rule, a name. InvalidPattern if EventBridge would refuse one."""

    def __init__(self, entries: Iterable[tuple[Mapping[str, Any], T]]) -> None:
        self._values: list[T] = []
        self._alternatives: list[tuple[int, Alternative]] = []
        for position, (pattern, value) in enumerate(entries):
            self._values.append(value)
            self._alternatives += [(position, each) for each in compile_alternatives(pattern)]
        choice = _Choice([alternative for _, alternative in self._alternatives])
        self._unfiled: list[int] = []
        filed: dict[str, dict[_Place, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, (_, alternative) in enumerate(self._alternatives):
            field = choice.field(alternative)
            if field is None:
                self._unfiled.append(number)
                continue
            name, places = field
            for place in places:
                filed[name][place].append(number)
        self._drawers = {name: _Drawer(places) for name, places in filed.items()}
        self._names = name_tree({name for _, each in self._alternatives for name, _ in each.conditions})

    def match(self, event: Mapping[str, Any]) -> list[T]:
        """What the patterns that match `event` stand for, in the order of the entries. Nothing is raised."""
        if not isinstance(event, OBJECT):
            return []
        fields = read(self._names, event)
        candidates = set(self._unfiled)
        for name, found in fields.items():
            drawer = self._drawers.get(name)
            if drawer is not None:
                drawer.collect(found, candidates)
        matched = set()
        for number in candidates:
            position, alternative = self._alternatives[number]
            if position not in matched and alternative.holds(fields):
                matched.add(position)
        return [self._values[position] for position in sorted(matched)]


class _Choice:
    """Chooses the field to file an alternative under. It takes events to be as frequent as rules that speak of them."""

    def __init__(self, alternatives: Sequence[Alternative]) -> None:
        self._uses: Counter[tuple[str, _Place]] = Counter()
        for alternative in alternatives:
            for name, condition in alternative.conditions:
                keys = {key for keys in condition.keys or () for key in keys}
                self._uses.update((name, place) for place in (None, *keys))
        self._distinct = Counter(name for name, place in self._uses if place is not None)

    def field(self, alternative: Alternative) -> tuple[str, set[_Place]] | None:
        """The name and the places to file it under; None if it can hold for an event that has none of its fields."""
        fields = [
            (name, self._places(name, condition))
            for name, condition in alternative.conditions
            if not condition.may_be_absent
        ]
        return min(fields, key=self._cost, default=None)

    def _places(self, name: str, condition: Condition) -> set[_Place]:
        if condition.keys is None:
            return {None}
        return {min(keys, key=lambda key: (self._uses[name, key], key)) for keys in condition.keys}

    def _cost(self, field: tuple[str, set[_Place]]) -> tuple[int, int, str]:
        name, places = field
        return sum(self._uses[name, place] for place in places), -self._distinct[name], name


class _Drawer:
    """The alternatives that are filed under one field, by number."""

    def __init__(self, places: Mapping[_Place, list[int]]) -> None:
        by: dict[How, dict[Any, list[int]]] = {how: {} for how in How}
        for place, numbers in places.items():
            if place is not None:
                by[place[0]][place[1]] = numbers
        self._present = places.get(None, [])
        self._exact = by[How.EXACT]
        self._prefixes = _Prefixes(by[How.PREFIX])
        self._suffixes = _Prefixes({text[::-1]: numbers for text, numbers in by[How.SUFFIX].items()})
        self._infixes = {tuple(text): numbers for text, numbers in by[How.INFIX].items()}

    def collect(self, found: Found, candidates: set[int]) -> None:
        candidates.update(self._present)
        for value, _ in found:
            self._collect_value(value, candidates)

    def _collect_value(self, value: Json, candidates: set[int]) -> None:
        if not isinstance(value, str):
            candidates.update(self._exact.get(key_of(value), ()))
            return
        low = value.lower()
        candidates.update(self._exact.get(low, ()))
        if self._prefixes:
            self._prefixes.collect(low, candidates)
        if self._suffixes:
            self._suffixes.collect(low[::-1], candidates)
        if self._infixes:
            for gram in filter(self._infixes.__contains__, zip(*(low[at:] for at in range(GRAM)), strict=False)):
                candidates.update(self._infixes[gram])


class _Prefixes:
    """Finds the prefixes of a text among many with one binary search.

    What sorts last before the text is a prefix of it or shares one with it, so that the search goes on at the longest
    prefix of that one, and so on.
    """

    def __init__(self, numbers: Mapping[str, list[int]]) -> None:
        self._texts = sorted(numbers)
        self._numbers = [numbers[text] for text in self._texts]
        self._shorter: list[int] = []
        open_prefixes: list[int] = []
        for at, text in enumerate(self._texts):
            while open_prefixes and not text.startswith(self._texts[open_prefixes[-1]]):
                open_prefixes.pop()
            self._shorter.append(open_prefixes[-1] if open_prefixes else -1)
            open_prefixes.append(at)

    def __bool__(self) -> bool:
        return bool(self._texts)

    def collect(self, text: str, candidates: set[int]) -> None:
        at = bisect_right(self._texts, text) - 1
        while at >= 0:
            if text.startswith(self._texts[at]):
                candidates.update(self._numbers[at])
            at = self._shorter[at]
