"""Whether one choice of list elements satisfies all conditions of a pattern.

EventBridge matches no two fields that are in different elements of one list: with a condition on the id and one on
the state of `detail.findings`, a single finding must satisfy both. A field that has to be absent must be absent from
the elements chosen so far, the fields being taken in the order of their names (aws/event-ruler, "JSON Array Matching").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from chalicelib.pattern.event import Home

Chosen: TypeAlias = frozenset[tuple[int, int]]
"""For some lists of the event, by number, the position of the one element that fields are taken from."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One condition: where the field is, where it is with a value that matches, whether it may be absent."""

    present: Sequence[Home | None]
    matching: Sequence[Home | None]
    may_be_absent: bool


@dataclass(slots=True)
class _Places:
    """The places of a field as a tree: of each list the elements, of each element the lists."""

    here: bool = False
    lists: dict[int, dict[int, _Places]] = field(default_factory=dict)


def consistent(conditions: Sequence[Wanted]) -> bool:
    """Whether all conditions, in the order of their names, hold for one choice of list elements.

    Choices are forgotten once no later condition depends on them, so that each that is left leads to a field, and there
    are no more of them than `limit`. Only an event that has one path both nested and as a dotted name, with a long list
    in each, could ask for more: those are not tried.
    """
    ways = [[_way(home) for home in dict.fromkeys(condition.present)] for condition in conditions]
    used = [{number for way in ways_of_one for number, _ in way} for ways_of_one in ways]
    shared = {number for number, uses in Counter(chain.from_iterable(used)).items() if uses > 1}
    limit = sum((len(way) + 1) * (len(way) + 2) for way in chain.from_iterable(ways))
    choices: set[Chosen] = {frozenset()}
    for at, condition in enumerate(conditions):
        later = shared.intersection(chain.from_iterable(used[at + 1 :]))
        choices = _extended(choices, condition, shared, later, limit)
        if not choices:
            return False
    return True


def _extended(choices: Set[Chosen], condition: Wanted, shared: Set[int], later: Set[int], limit: int) -> set[Chosen]:
    matching = _places(condition.matching, shared)
    present = _places(condition.present, shared) if condition.may_be_absent else None
    extended: set[Chosen] = set()
    for chosen in choices:
        if present is not None and next(_compatible(present, chosen, later), None) is None:
            extended.add(_kept(chosen, later))
        for more in _compatible(matching, chosen, later):
            extended.add(more)
            limit -= 1
            if not later or limit < 0:
                return extended
    return extended


def _compatible(places: _Places, chosen: Chosen, later: Set[int]) -> Iterator[Chosen]:
    """Each way to go on from `chosen` to one of the places, without leaving a chosen element."""
    taken = dict(chosen)
    pending = [(places, _kept(chosen, later))]
    while pending:
        place, choice = pending.pop()
        if place.here:
            yield choice
        for number, elements in place.lists.items():
            if number in taken:
                if taken[number] in elements:
                    pending.append((elements[taken[number]], choice))
            elif number in later:
                pending.extend((inner, choice | {(number, at)}) for at, inner in elements.items())
            else:
                pending.extend((inner, choice) for inner in elements.values())


def _kept(chosen: Chosen, later: Set[int]) -> Chosen:
    return frozenset(pair for pair in chosen if pair[0] in later)


def _places(homes: Iterable[Home | None], shared: Set[int]) -> _Places:
    root = _Places()
    for home in dict.fromkeys(homes):
        place = root
        for number, at in _way(home):
            if number in shared:
                place = place.lists.setdefault(number, {}).setdefault(at, _Places())
        place.here = True
    return root


def _way(home: Home | None) -> list[tuple[int, int]]:
    """From the outermost list inwards: its number, and the position in it."""
    way: list[tuple[int, int]] = []
    while home is not None:
        way.append((home.number, home.position))
        home = home.outer
    return way[::-1]
