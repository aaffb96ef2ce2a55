"""One bash session, as a reader of the guide has it open: what one block sets, the next ones find."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_TRAP = """set -E -o pipefail; trap 'printf "exit code %s of: %s\\n" "$?" "$BASH_COMMAND" >> "{failures}"' ERR"""
"""Has bash write down every command that fails, also inside of pipes and `$(...)`, and go on."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a block printed, and each of its commands that failed with its exit code."""

    output: str
    failed: tuple[str, ...]


@dataclass(slots=True)
class Session:
    """A running bash. `log` gets every block and what it printed."""

    process: subprocess.Popen[str]
    folder: Path
    log: Path
    _count: int = field(default=0)

    def run(self, block: str, typed: str = "") -> Ran:
        """Run a block as it stands; `typed` is what its commands read. Raises RuntimeError when bash is gone."""
        self._count += 1
        script, answers, failures = (self.folder / f"{self._count:02}.{kind}" for kind in ("sh", "typed", "failed"))
        script.write_text(block)
        answers.write_text(typed)
        failures.touch()
        mark = uuid.uuid4().hex
        self._say(f"{_TRAP.format(failures=failures)}\nsource {script} < {answers}\ntrap - ERR; echo; echo {mark}\n")
        lines = []
        while line := self._line():
            if line.strip() == mark:
                break
            lines.append(line)
        else:
            raise RuntimeError(f"bash ended in:\n{block}\n{''.join(lines)[-2000:]}")
        output = "".join(lines).rstrip("\n")
        with self.log.open("a") as log:
            log.write(f"{block}{'-' * 80}\n{output}\n{'=' * 80}\n")
        failed = failures.read_text().splitlines()
        return Ran(output, tuple(line for line in failed if f"source {script}" not in line))

    def _say(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def opened(folder: Path, checkout: Path, environment: Mapping[str, str]) -> Iterator[Session]:
    """Open bash in a checkout, with nothing of our own environment; afterwards it is gone."""
    folder.mkdir()
    process = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=checkout,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield Session(process, folder, folder.parent / "guide.log")
    finally:
        process.kill()
        process.wait(10)
