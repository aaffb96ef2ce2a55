"""What both parts of the end-to-end test have in common: how they run, what they print, the logs that they leave."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape

from e2e.emulators import ROOT

LOGS = ROOT / "build" / "e2e"
console = Console(highlight=False)


def run(part: str, told: Callable[[Path], int]) -> int:
    """Run a part, which returns how many claims do not hold, in a folder of its own; return an exit code."""
    signal.signal(signal.SIGTERM, interrupt)
    with tempfile.TemporaryDirectory(prefix=f"countermeasure-{part}-") as folder:
        work, failed = Path(folder), 1
        try:
            failed = told(work)
        finally:
            if failed:
                keep_logs(work, LOGS / part)
    return 1 if failed else 0


def concluded(claims: Sequence[tuple[str, str]]) -> int:
    """Print the claims that do not hold, with what was found instead; return how many they are."""
    failed = [(claim, found) for claim, found in claims if found]
    for claim, found in failed:
        console.print(f"[red]does not hold[/red]  {escape(claim)}: {escape(found[:600])}")
    console.print(f"{len(claims) - len(failed)} of {len(claims)} claims hold")
    return len(failed)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long something took."""
    began = time.perf_counter()
    yield
    console.print(f"{time.perf_counter() - began:6.1f} s  {what}")


def keep_logs(work: Path, there: Path) -> None:
    there.mkdir(parents=True, exist_ok=True)
    for log in (*work.glob("*.log"), *work.glob("*.jsonl")):
        shutil.copy(log, there / log.name)
    console.print(f"The emulators' logs are in {there.relative_to(ROOT)}")


def interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
