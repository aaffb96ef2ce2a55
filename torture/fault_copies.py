"""At each call that is to meet a fault, copies of this process go on: the answer so far need not be made again."""

from __future__ import annotations

import os
import pickle
import random
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from lab.faulty import Fault
from lab.line import Line
from torture.fault_judge import Held

PATIENCE = 120
"""Seconds of real time after which a copy that has not ended is ended."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One call that met one fault: how the invocation ended, how long it took, what was told twice, what is broken."""

    subject: str
    call: int
    operation: str
    fault: str
    ended: str
    seconds: float = 0.0
    doubled: int = 0  # notices that SNS was told more than once
    broken: tuple[tuple[Held, str], ...] = ()

    def __str__(self) -> str:
        broken = "; ".join(said for _, said in self.broken)
        return f"{self.subject} | {self.call} {self.operation} | {self.fault}: {broken}"[:900]


@dataclass(slots=True)
class Copies:
    """Copies itself at each `wanted` call, by its number, once for each fault; `tried` is what the copies said."""

    line: Line
    subject: str
    wanted: Mapping[int, Sequence[Fault]]
    seed: int
    until: float  # of time.monotonic: no more copies are made then
    tried: list[Tried] = field(default_factory=list)
    own: Tried | None = None  # of a copy: what it tries
    _pipe: int = -1

    def meet(self, number: int, operation: str) -> None:
        """Make the copies of one call, one after the other; each goes on from here, with its fault."""
        for fault in self.wanted.get(number, ()):
            if time.monotonic() > self.until:
                return
            one = Tried(self.subject, number, operation, fault, "died")
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reading)
                self._begin(one, writing)
                self.line.fault, self.line.at = fault, number
                return
            os.close(writing)
            with os.fdopen(reading, "rb") as told:
                said = told.read()
            _, status = os.waitpid(child, 0)
            self.tried.append(pickle.loads(said) if said else _died(one, status))

    def end(self, tried: Tried) -> NoReturn:
        """Say what came of it, and end: a copy does not go on where the original does."""
        with os.fdopen(self._pipe, "wb") as told:
            pickle.dump(tried, told)
        os._exit(0)

    def _begin(self, one: Tried, pipe: int) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        self.own, self.wanted, self._pipe = one, {}, pipe
        random.seed(f"{self.seed} {one}")


def _died(one: Tried, status: int) -> Tried:
    said = f"its process ended with {os.waitstatus_to_exitcode(status)}"
    return Tried(one.subject, one.call, one.operation, one.fault, one.ended, broken=((Held.RIGHT, said),))
