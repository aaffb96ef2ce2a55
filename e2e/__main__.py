"""Run the end-to-end test: `python -m e2e` tells the story of a deployed hub and follows the guide, at the same time.

`python -m e2e.story` and `python -m e2e.guide` do one of them alone. Exits with 1 when a claim does not hold; stops
what it started.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from e2e.emulators import ROOT, environments
from e2e.reporting import console, interrupt, timed

PARTS = ("story", "guide")


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    with timed("environments of the emulators"):
        environments()
    with timed("all of it"):
        return max(together())


def together() -> list[int]:
    """Run all parts, each in a process of its own, and print what they say; return their exit codes."""
    command = partial(subprocess.Popen, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    running = {part: command([sys.executable, "-u", "-m", f"e2e.{part}"]) for part in PARTS}
    with ThreadPoolExecutor() as threads:
        try:
            return list(threads.map(relayed, running, running.values()))
        finally:
            for process in running.values():
                process.terminate()


def relayed(part: str, process: subprocess.Popen[str]) -> int:
    """Print what a part says as it says it; return its exit code, which is 1 also where a signal ended it."""
    assert process.stdout is not None
    for line in process.stdout:
        console.print(f"{part}  {line.rstrip()}", markup=False, soft_wrap=True)
    return 1 if process.wait() else 0


if __name__ == "__main__":
    sys.exit(main())
