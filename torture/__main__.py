"""`python -m torture`: run every part, print what was tried and what held, and say so in docs/reliability.md.

Ends with 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from torture.part import Limits, Part, Promise
from torture.report import conditions, markdown, shown

PARTS = {"crashes": 540, "faults": 300, "stories": 180, "deliveries": 120, "storm": 480, "hostile": 150}
"""The parts, in order, and how many seconds of wall time each may take."""

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def main() -> int:
    asked = _asked()
    limits = Limits(asked.seed, 0, asked.workers)
    print(conditions(limits), flush=True)
    parts = [_run(name, replace(limits, seconds=PARTS[name] * asked.scale)) for name in asked.parts or PARTS]
    if asked.write:
        PAGE.write_text(markdown(parts, conditions(limits)), encoding="utf-8")
    broken = [promise for part in parts for promise in part.promises if not promise.held]
    print(f"\n{len(broken)} promises broken." if broken else "\nEvery promise held.")
    return 1 if broken else 0


def _run(name: str, limits: Limits) -> Part:
    began = time.monotonic()
    try:
        part: Part = import_module(f"torture.{name}").run(limits)
    except Exception as error:  # noqa: BLE001 - a part that ends early is a broken promise; the others still run
        part = Part(name.capitalize(), (), (Promise("It runs to its end.", False, f"{type(error).__name__}: {error}"),))
    took = ("Wall time", f"{time.monotonic() - began:,.0f} s")
    part = replace(part, figures=[*part.figures, took])
    print(shown(part), flush=True)
    return part


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(PARTS)}")
    return name


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="repeat the run that printed it")
    parser.add_argument("--scale", type=float, default=1.0, help="how much of its time each part takes")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
