"""What a run takes place in: an environment with Cloud Custodian and the simulated AWS, and the sources as they are.

The environment is made once, under `build/bench`, from packages that are all pinned. The sources are copied, so that
what is edited meanwhile is not measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "bench"
LOCK = ROOT / "bench" / "requirements.txt"

OF_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
"""What Lambda's Python runtime has beside Python itself: boto3, and what it needs."""

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "build", "deployments", "__pycache__", ".*_cache", ".hypothesis")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run takes place: its Python, boto3 as the functions find it, the copied sources, and a folder to work."""

    python: Path
    runtime: Path
    sources: Path
    work: Path

    def run(self, module: str, *arguments: str, python: Path | None = None) -> str:
        """Run a module of the copied sources and return the last line that it says.

        Raises RuntimeError with the end of its errors.
        """
        return run([str(python or self.python), "-m", module, *arguments], self.sources)


def place() -> Place:
    """Make a place for a run, with the environment of the last one if that is still right."""
    python = _environment()
    runtime, sources, work = HOME / "runtime", HOME / "sources", HOME / "work"
    for folder in (sources, work):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT, sources, symlinks=True, ignore=NOT_COPIED)
    work.mkdir()
    return Place(python, runtime, sources, work)


def run(command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None) -> str:
    """Run a command; return the last line that it says. Raises RuntimeError with the end of its errors."""
    environment = {**clean(), **(more or {})}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return done.stdout.strip().rpartition("\n")[2]


def clean() -> dict[str, str]:
    """Return the environment without what would change how Python, boto3 or the simulated AWS behave."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PYTHON"))}


def _environment() -> Path:
    """Return the Python of the environment, made where it is not there or holds something else."""
    folder = HOME / "environment"
    made_of, wanted = folder / "made-of.txt", f"{sys.version}\n{LOCK.read_text()}"
    python = folder / "bin" / "python"
    if not made_of.exists() or made_of.read_text() != wanted:
        print("Installing Cloud Custodian and the simulated AWS into build/bench (first time only, a minute) ...")
        HOME.mkdir(parents=True, exist_ok=True)
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)], HOME)
        pip = [sys.executable, "-m", "pip", "--python", str(folder), "--disable-pip-version-check", "install", "-q"]
        run([*pip, "--no-deps", "-r", str(LOCK)], HOME)
        _make_runtime(python)
        made_of.write_text(wanted)
    return python


def _make_runtime(python: Path) -> None:
    """Lay out boto3 by itself, as Lambda's runtime has it."""
    packages = Path(run([str(python), "-c", "import boto3; print(boto3.__path__[0])"], HOME)).parent
    runtime = HOME / "runtime"
    shutil.rmtree(runtime, ignore_errors=True)
    runtime.mkdir()
    for name in OF_THE_RUNTIME:
        (runtime / name).symlink_to(packages / name)
