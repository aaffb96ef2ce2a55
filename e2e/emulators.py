"""Start AWS on this machine: ministack for what runs countermeasure, a moto server for what countermeasure looks after.

Each lives in an environment of its own under `build/emulators`, made on first use: ministack pins botocore, and the
functions that it runs see no packages but their own and boto3, as in AWS.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

import boto3
from botocore.config import Config

from chalicelib.accounts import RESPONDER
from chalicelib.organization import Organization
from lab.enforcement import IAM_NAMES

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "emulators"
LOCKS = {name: ROOT / "e2e" / f"requirements-{name}.txt" for name in ("ministack", "moto", "awscli")}
"""Every package of each environment: pip takes minutes to find out which fit together."""

REGION = "us-east-1"
CLOSED_REGION = "me-central-1"
"""A region that no account has opted in to."""

MANAGEMENT = "888899990000"
ROOT_ID = "r-abcd"
"""The organization's management account, and the root of its units."""

MINUTE = 2.0
"""Seconds that a minute of the emulator's schedules lasts: nobody waits ten minutes for two heartbeats."""

RETRY_SECONDS = "0.2"
"""What Lambda waits before the first retry of an asynchronous event; in AWS a minute."""


@dataclass(frozen=True, slots=True)
class Emulators:
    """Running emulators: their addresses, and what moto answered, a line of JSON per request."""

    ministack: str
    aws: str
    hub: str
    journal: Path
    callers: Path
    logs: Path

    def stack(self, service: str) -> Any:
        """Return a client of the hub's administrator for a service that ministack has."""
        return _client(service, REGION, self.ministack, self.hub)

    def member(self, service: str, account: str, region: str = REGION) -> Any:
        """Return a client of an administrator of any account for a service that moto has."""
        return _client(service, region, self.aws, account)

    def requests(self) -> list[dict[str, Any]]:
        """Return what moto answered so far: `at`, `key`, `service`, `region`, `action`, `status`."""
        if not self.journal.exists():
            return []
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    def known(self) -> dict[str, str]:
        """Return the sessions of the hub's functions by their access keys."""
        return dict(json.loads(self.callers.read_text()))


def environments() -> dict[str, Path]:
    """Return the Python of each emulator's environment, made where it is not there or holds something else."""
    with ThreadPoolExecutor() as together:
        return dict(zip(LOCKS, together.map(_environment, LOCKS), strict=True))


def _environment(name: str) -> Path:
    folder, lock = HOME / name, LOCKS[name]
    made_of = folder / "made-of.txt"
    if not made_of.exists() or made_of.read_text() != lock.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
        pip = [sys.executable, "-m", "pip", "--python", str(folder), "--disable-pip-version-check", "install", "-q"]
        subprocess.run([*pip, "--no-deps", "--no-compile", "-r", str(lock)], check=True, stderr=subprocess.DEVNULL)
        made_of.write_text(lock.read_text())
    return folder / "bin" / "python"


@contextmanager
def running(
    pythons: Mapping[str, Path], work: Path, ours: Organization, network: Mapping[str, str]
) -> Iterator[Emulators]:
    """Run both emulators on free ports of this machine only; afterwards they are gone, whatever happened.

    `network` is what functions find in their environment of the world outside of AWS.
    """
    ministack, moto = free_port(), free_port()
    here = Emulators(
        ministack=f"http://127.0.0.1:{ministack}",
        aws=f"http://127.0.0.1:{moto}",
        hub=ours.hub,
        journal=work / "requests.jsonl",
        callers=work / "callers.json",
        logs=work,
    )
    names = {id_: account.name for id_, account in ours.accounts.items()}
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PYTHON"))}
    quiet = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": REGION}
    of_ministack = {
        **network,
        "AWS_ENDPOINT_URL": here.aws,  # its functions have its environment
        "E2E_CALLERS": str(here.callers),
        "E2E_MINUTE_SECONDS": str(MINUTE),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(ministack),
        "MINISTACK_ACCOUNT_ID": ours.hub,
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": RETRY_SECONDS,
        "LAMBDA_ASYNC_RETRY_MAX_SECONDS": RETRY_SECONDS,
        "TMPDIR": str(work),
    }
    of_moto = {
        "E2E_HUB": ours.hub,
        "E2E_MINISTACK": here.ministack,
        "E2E_ROOT_ID": ROOT_ID,
        "E2E_ACCOUNTS": json.dumps({MANAGEMENT: "management", **names}),
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "E2E_ORGANIZATION": ours.id,
        "E2E_RESPONDER": RESPONDER,
        "E2E_CLOSED_REGIONS": CLOSED_REGION,
        "E2E_JOURNAL": str(here.journal),
        "E2E_CALLERS": str(here.callers),
        "E2E_IAM_NAMES": json.dumps(IAM_NAMES),
    }
    ready = {"ministack": f"{here.ministack}/_ministack/health", "moto": f"{here.aws}/moto-api/data.json"}
    commands = {
        "ministack": ([pythons["ministack"], "-m", "e2e.stack_server"], of_ministack),
        "moto": ([pythons["moto"], "-m", "e2e.aws_server", str(moto)], of_moto),
    }
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name, (command, own) in commands.items():
            started.append(_start(command, {**clean, **quiet, **own}, work / f"{name}.log"))
        for name, process in zip(commands, started, strict=True):
            _wait(ready[name], process, work / f"{name}.log")
        yield here
    finally:
        for process in started:
            _stop(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(command: list[Any], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Wait until the emulator answers. Raises RuntimeError, with the end of its log, when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer:\n{log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and those it started: ministack's functions are its children, in its session."""
    for number in (15, 9):
        try:
            os.killpg(process.pid, number)
            process.wait(10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _client(service: str, region: str, endpoint: str, account: str) -> Any:
    """Return a client of an account's administrator: both emulators know one by the account's id as access key."""
    patient = Config(read_timeout=120, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    session = boto3.Session(account, "test", region_name=region)
    return session.client(service, endpoint_url=endpoint, config=patient)
