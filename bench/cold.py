"""Cold starts of every candidate, in turns: a fresh interpreter each, against a simulated AWS over loopback.

    python -m bench.cold --candidates A B --cases C D --n 7 --work FOLDER --runtime FOLDER

It says as JSON what every start took. The first start of each is left out: it fills the file cache and writes compiled
modules, which Lambda's read-only file system would not keep.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.error import URLError

from bench.case import Case, State, client, fresh
from bench.cases import CASES
from bench.environment import run
from bench.warm import AWS

SOURCES = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class Cold:
    """What was measured, per start: milliseconds until boto3 was imported, the package was loaded, and in `total` the
    first event was answered; processor milliseconds without boto3's import; and memory in MB.
    """

    candidate: str
    case: str
    boto3: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    total: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    fixed: int = 0
    error: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cold", description=__doc__)
    parser.add_argument("--candidates", nargs="+", required=True)
    parser.add_argument("--cases", nargs="+", choices=list(CASES), required=True)
    parser.add_argument("--n", type=int, default=7, help="starts that count")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--runtime", type=Path, required=True)
    asked = parser.parse_args()
    measured: list[Cold] = []
    with served() as url:
        os.environ.update({**AWS, "AWS_ENDPOINT_URL": url})
        for name in asked.cases:
            urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"))
            measured += starts(CASES[name], asked.candidates, asked.n, asked.work.resolve(), asked.runtime.resolve())
    print(json.dumps([asdict(each) for each in measured]))


def starts(case: Case, candidates: list[str], number: int, work: Path, runtime: Path) -> list[Cold]:
    """Start every candidate that many times on one case, in turns."""
    state = case.make()
    packages = {each: work / f"cold-{each}-{case.name}" for each in candidates}
    for candidate, package in packages.items():
        package.mkdir()
        importlib.import_module(f"bench.{candidate}").build(case.name, state, str(package))
    measured = {candidate: Cold(candidate, case.name) for candidate in candidates}
    serial = 0
    for turn in range(number + 1):
        for candidate, package in packages.items():
            serial += 1
            figures, fixed = _start(case, state, candidate, package, runtime, serial)
            if turn:
                _add(measured[candidate], figures, fixed)
    return list(measured.values())


def _start(
    case: Case, state: State, candidate: str, package: Path, runtime: Path, serial: int
) -> tuple[dict[str, float | str], bool]:
    """Break the resource, start the candidate with the event that says so; return its figures, and if it is fixed."""
    case.spoil(state)
    event = package.with_suffix(".event")
    event.write_text(json.dumps(fresh(case.event(state), serial)))
    script = str(SOURCES / "bench" / "cold_start.py")
    arguments = [candidate, str(package), str(runtime), str(event), str(SOURCES)]
    own = {name: os.environ[name] for name in (*AWS, "AWS_ENDPOINT_URL")}
    said = run([sys.executable, "-I", "-S", script, *arguments], package, own)
    return json.loads(said), case.fixed(state)


def _add(cold: Cold, figures: dict[str, float | str], fixed: bool) -> None:
    for name in ("boto3", "load", "total", "cpu", "memory"):
        getattr(cold, name).append(figures[name])
    cold.fixed += fixed
    cold.error = cold.error or str(figures["error"])


@contextmanager
def served() -> Iterator[str]:
    """Run a simulated AWS on a free port of this machine only, and say where; afterwards it is gone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    nowhere = subprocess.DEVNULL
    server = subprocess.Popen(command, env={**os.environ, **AWS}, stdout=nowhere, stderr=nowhere)
    try:
        _wait(url, server)
        yield url
    finally:
        client.cache_clear()
        server.terminate()
        server.wait(10)


def _wait(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the simulated AWS does not answer")


if __name__ == "__main__":
    main()
