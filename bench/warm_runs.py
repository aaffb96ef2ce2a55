"""Every candidate warm, on the same case at the same time, an event each in turns: what else the machine does, and how
fast its clock happens to be, weighs on all of them alike.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.environment import Place, clean
from bench.warm import WARM_UP, Answered


@dataclass(slots=True)
class Warm:
    """What a candidate did in one case: what it built, its first event, and the events that count."""

    built: Mapping[str, Any]
    first: Answered
    events: list[Answered] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Worker:
    """A running process of one candidate; what it says of errors is in a file."""

    name: str
    process: subprocess.Popen[str]
    errors: Path

    def said(self) -> dict[str, Any]:
        """Return what it says next. Raises RuntimeError, with the end of its errors, when it has ended."""
        line = _pipe(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()}:\n{self.errors.read_text()[-3000:]}")
        said: dict[str, Any] = json.loads(line)
        return said

    def answer(self) -> Answered:
        """Have it answer the next event."""
        print(file=_pipe(self.process.stdin), flush=True)
        return Answered(**self.said())


def measure(place: Place, candidates: Sequence[str], case: str, number: int, rounds: int) -> dict[str, Warm]:
    """Return what every candidate did in a case: so many events in each of some rounds, with new processes."""
    measured: dict[str, Warm] = {}
    for _ in range(rounds):
        with ExitStack() as running:
            workers = [running.enter_context(started(place, candidate, case)) for candidate in candidates]
            built = {worker.name: worker.said() for worker in workers}
            for worker in workers:
                measured.setdefault(worker.name, Warm(built[worker.name], worker.answer()))
            for turn in range(1, WARM_UP + number):
                for worker in workers:
                    answered = worker.answer()
                    if turn >= WARM_UP:
                        measured[worker.name].events.append(answered)
    return measured


@contextmanager
def started(place: Place, candidate: str, case: str) -> Iterator[Worker]:
    """Run a process of the candidate; afterwards it is gone."""
    command = [str(place.python), "-m", "bench.warm", candidate, case, "--work", str(place.work)]
    errors, pipe = place.work / f"{candidate}-{case}.errors", subprocess.PIPE
    with (
        errors.open("w") as log,
        subprocess.Popen(
            command, cwd=place.sources, env=clean(), stdin=pipe, stdout=pipe, stderr=log, text=True
        ) as process,
    ):
        try:
            yield Worker(candidate, process, errors)
        finally:
            process.kill()


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream, "the process was started with pipes"
    return stream
