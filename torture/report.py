"""What a run says: on the terminal, and as docs/reliability.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from torture.part import Limits, Part

HEAD = """# Reliability

What people rely on, tried where it is hardest to keep. This page is written by `make torture`, which anyone can run: it
ends with 1 when a promise is broken, and a run is repeated with its seed.

"""


def conditions(limits: Limits) -> str:
    """Return on what, and with which seed, a run was made."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("botocore", "moto", "hypothesis"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, {limits.workers} workers, {versions}, seed {limits.seed}"
    )


def shown(part: Part) -> str:
    """Return a part as the terminal shows it."""
    lines = [f"\n{part.title}", *(f"  {name:<58} {value:>20}" for name, value in part.figures)]
    lines += [f"  {'held' if p.held else 'BROKEN':<6} {p.what} {p.seen}" for p in part.promises]
    return "\n".join([*lines, *(f"         {line}" for line in part.broken[:20])])


def markdown(parts: Sequence[Part], said: str) -> str:
    """Return the page of a run."""
    return HEAD + f"Conditions: {said}.\n" + "".join(map(_section, parts))


def _section(part: Part) -> str:
    figures = "\n".join(f"| {name} | {value} |" for name, value in part.figures)
    promises = "\n".join(f"| {p.what} | {'held' if p.held else '**broken**'} | {p.seen} |" for p in part.promises)
    return (
        f"\n## {part.title}\n\n| Figure | |\n|---|---:|\n{figures}\n\n"
        f"| What is promised | | What was seen |\n|---|---|---|\n{promises}\n"
    )
