"""Run the end-to-end test: `python -m e2e`. Exits with 1 when a claim does not hold; stops what it started."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

from chalicelib.catalogue import load
from chalicelib.organization import read
from e2e import hub, members
from e2e.emulators import IN_MINISTACK, ROOT, Emulators, environments, running
from e2e.package import deploy, package
from e2e.slack import Slack, open_slack
from e2e.story import STORY, World

ORGANIZATION = Path(__file__).parent / "organization.toml"
LOGS = ROOT / "build" / "e2e"
console = Console(highlight=False)


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="countermeasure-e2e-") as folder:
        work = Path(folder)
        try:
            failed = run(work)
        except BaseException:
            _keep_logs(work)
            raise
        if failed:
            _keep_logs(work)
    return 1 if failed else 0


def run(work: Path) -> int:
    """Deploy, tell the story, and say what held; return how many claims did not."""
    ours, catalogue = read(ORGANIZATION), load()
    with timed("environments of the emulators"):
        pythons = environments()
    with timed("make package"):
        made = package(work, ORGANIZATION.read_text())
    with open_slack(work) as slack, running(pythons, work, ours.hub, ours.id) as aws:
        with timed("CloudFormation"):
            outputs, left_out = deploy(aws, made, surroundings(aws, slack))
        with timed("members"):
            members.install(aws, catalogue, ours)
            members.keep_secrets(aws, ours)
        world = World(aws, hub.opened(aws, outputs), slack, ours)
        for chapter in STORY:
            with timed(chapter.__name__.replace("_", " ")):
                chapter(world)
    console.print(f"Not emulated, and left out of the template: {', '.join(left_out)}")
    return report(world)


def surroundings(aws: Emulators, slack: Slack) -> dict[str, str]:
    """Return what the functions' environment says of where AWS and Slack are."""
    there = {f"AWS_ENDPOINT_URL_{service.upper()}": aws.ministack for service in IN_MINISTACK}
    return {"AWS_ENDPOINT_URL": aws.moto, **there, **slack.environment()}


def report(world: World) -> int:
    table = Table("function", "start", "seconds to contained", "seconds to told")
    for function, how, contained, told in world.times:
        table.add_row(function, how, "-" if contained is None else f"{contained:.2f}", f"{told:.2f}")
    console.print(table)
    failed = [(claim, found) for claim, found in world.claims if found]
    for claim, found in failed:
        console.print(f"[red]does not hold[/red]  {claim}: {found[:600]}", markup=True)
    console.print(f"{len(world.claims) - len(failed)} of {len(world.claims)} claims hold")
    return len(failed)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long a part took."""
    began = time.perf_counter()
    yield
    console.print(f"{time.perf_counter() - began:6.1f} s  {what}")


def _keep_logs(work: Path) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    for log in (*work.glob("*.log"), *work.glob("*.jsonl")):
        shutil.copy(log, LOGS / log.name)
    console.print(f"The emulators' logs are in {LOGS.relative_to(ROOT)}")


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
