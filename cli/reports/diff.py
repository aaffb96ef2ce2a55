"""What differs between two states of a resource, key by key: what was taken out, what came in. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.model import Json, State
from chalicelib.notify.escape import line
from chalicelib.notify.states import readable

REMOVED, ADDED = "-", "+"
MOST, _LONG, _DEEPEST = 200, 1000, 12


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One difference: `-` was there, `+` is there instead. `path` is the keys to it, "" for the state itself."""

    sign: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class Diff:
    """The lines that differ, how many more there are, and how many keys and elements are the same in both."""

    lines: tuple[DiffLine, ...]
    left_out: int = 0
    same: int = 0


def diff(before: State, after: State) -> Diff:
    """Return what differs, in the order of the keys. Objects are compared key by key, lists as what is in them."""
    found = list(_differences(before, after, ()))
    lines = [each for each in found if each is not None]
    return Diff(tuple(lines[:MOST]), max(0, len(lines) - MOST), len(found) - len(lines))


def _differences(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[DiffLine | None]:
    """Yield a line for each difference, and None for each key or element that is the same."""
    if before == after and _canonical(before) == _canonical(after):
        yield None
    elif isinstance(before, dict) and isinstance(after, dict) and len(path) < _DEEPEST:
        for key in sorted({*before, *after}):
            if key not in after:
                yield _line(REMOVED, (*path, key), before[key])
            elif key not in before:
                yield _line(ADDED, (*path, key), after[key])
            else:
                yield from _differences(before[key], after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(path) < _DEEPEST:
        yield from _elements(before, after, path)
    else:
        yield _line(REMOVED, path, before)
        yield _line(ADDED, path, after)


def _elements(before: list[Json], after: list[Json], path: tuple[str, ...]) -> Iterator[DiffLine | None]:
    """Yield what was taken out of a list and what came in; lists that differ by their order only are shown whole."""
    was, becomes = [_canonical(each) for each in before], [_canonical(each) for each in after]
    removed = [each for each, text in zip(before, was, strict=True) if text not in set(becomes)]
    added = [each for each, text in zip(after, becomes, strict=True) if text not in set(was)]
    if not removed and not added:
        yield _line(REMOVED, path, before)
        yield _line(ADDED, path, after)
        return
    if len(removed) == len(added) == 1 and isinstance(removed[0], dict) and isinstance(added[0], dict):
        yield from _differences(removed[0], added[0], (*path, f"[{before.index(removed[0])}]"))
    else:
        yield from (_line(REMOVED, path, each) for each in removed)
        yield from (_line(ADDED, path, each) for each in added)
    yield from (None for text in was if text in set(becomes))


def _line(sign: str, path: tuple[str, ...], value: Json) -> DiffLine:
    return DiffLine(sign, " › ".join(line(str(key), 100) for key in path), line(readable(value), _LONG))


def _canonical(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
