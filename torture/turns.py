"""Threads in one order out of many: at each request and each sleep, the seed says how long it lasts and who goes on.

Only one thread runs at a time, and time is what the threads make of it. So a race that broke something is run again,
request by request, by its seed; and nobody waits for a minute to pass.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

QUICK = (0.005, 0.08)
SLOW = (1.0, 9.0)
"""Seconds that one leg of a request lasts, and that few of them last."""

SELDOM = 0.02


@dataclass(slots=True)
class _Thread:
    """One thread that takes turns: it goes on at `at`, when `go` is released."""

    do: Callable[[], None]
    at: float
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    over: bool = False
    failed: BaseException | None = None


class Turns:
    """Runs threads in turns. `shift` moves the time of all by some seconds."""

    def __init__(self, seed: int, shift: Callable[[timedelta], Any]) -> None:
        self.random = random.Random(seed)
        self._shift = shift
        self._now = 0.0
        self._paused = threading.Semaphore(0)
        self._own = threading.local()

    @property
    def taken(self) -> bool:
        """Whether the thread that asks is one that takes turns."""
        return hasattr(self._own, "thread")

    def run(self, tasks: Sequence[Callable[[], None]], beside: Callable[[], None]) -> None:
        """Run every task, and one beside them, in threads, all from one moment on. Raises what a task raised."""
        threads = [_Thread(task, self._now) for task in (*tasks, beside)]
        for each in threads:
            threading.Thread(target=self._live, args=(each,), daemon=True).start()
        while waiting := [each for each in threads if not each.over]:
            first = min(each.at for each in waiting)
            after = self.random.choice([each for each in waiting if each.at == first])
            if first > self._now:
                self._shift(timedelta(seconds=first - self._now))
                self._now = first
            after.go.release()
            self._paused.acquire()
            if after.failed:
                raise after.failed

    def sleep(self, seconds: float) -> None:
        """Let the others go on for so long."""
        mine: _Thread = self._own.thread
        mine.at = self._now + max(seconds, 0.0)
        self._paused.release()
        mine.go.acquire()

    def leg(self) -> None:
        """Take the time of one leg of a request: there, or back."""
        self.sleep(self.random.uniform(*(SLOW if self.random.random() < SELDOM else QUICK)))

    def _live(self, mine: _Thread) -> None:
        mine.go.acquire()
        self._own.thread = mine
        try:
            mine.do()
        except BaseException as error:  # noqa: BLE001 - `run` raises it
            mine.failed = error
        mine.over = True
        self._paused.release()
