"""What every part of the torture is given, and what it says when it has run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a part may run: `seconds` of wall time, in `workers` processes. `seed` makes a run repeatable."""

    seed: int
    seconds: float
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that people rely on: whether it held, and what was seen, in one line with the figure."""

    what: str
    held: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it ran: its figures by name, in order, what was promised, and how broken cases are tried again."""

    title: str
    figures: Sequence[tuple[str, str]]
    promises: Sequence[Promise]
    broken: Sequence[str] = ()


Run: TypeAlias = Callable[[Limits], Part]
"""A part: `run` of each module of this package that is one."""
