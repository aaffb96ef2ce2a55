"""`python -m bench`: compare countermeasure with Cloud Custodian and bare AWS calls, and say whether promises held.

Ends with 1 when a promise is broken. `--write` writes docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from bench import judging, judging_time, matching, notices
from bench.cases import CASES
from bench.cold import Cold
from bench.environment import LOCK, ROOT, Place, place
from bench.report import Part, Promise, conditions, markdown, shown
from bench.warm_runs import Warm, measure

PAGE = ROOT / "docs" / "performance.md"
QUICK = ["sg_open", "gd_ec2"]

WARM = [judging.CUSTODIAN, judging.BARE, judging.OURS, judging.REPLAYED]
"""The candidates in their turns: what is replayed was made right before."""


def main() -> int:
    asked = _asked()
    began = time.monotonic()
    parts = []
    for part in _parts(asked):
        print(shown(part), flush=True)
        parts.append(part)
    said = conditions(_versions(), f"{asked.rounds} x {asked.n} events and {asked.cold} cold starts per case")
    print(f"\n{said}; {time.monotonic() - began:,.0f} s")
    if asked.write:
        PAGE.write_text(markdown(parts, said), encoding="utf-8")
    broken = [promise for part in parts for promise in part.promises if not promise.held]
    print(f"{len(broken)} promises broken." if broken else "Every promise held.")
    return 1 if broken else 0


def _parts(asked: argparse.Namespace) -> Iterator[Part]:
    """Run one part after the other: each measures while nothing else of this run is at work."""
    yield from _tried("Matching", lambda: [matching.part(300 if asked.quick else matching.ROUNDS)])
    yield from _tried("Notices", lambda: [notices.part(asked.seed, 200 if asked.quick else 1_000)])
    yield from _tried("Comparison", lambda: _comparison(asked))


def _tried(title: str, run: Callable[[], list[Part]]) -> list[Part]:
    try:
        return run()
    except Exception as error:  # noqa: BLE001 - what ends early is a broken promise; the others still run
        said = f"{type(error).__name__}: {error}"
        print(said, file=sys.stderr, flush=True)
        return [Part(title, "", [""], [], [Promise(f"{title} runs to its end.", False, said.splitlines()[0][:200])])]


def _comparison(asked: argparse.Namespace) -> list[Part]:
    """Compare the candidates, warm and cold."""
    here = place()
    print("\nPackaging countermeasure ...", flush=True)
    packaging = ["countermeasure_candidate", asked.cases[0], "--work", str(here.work)]
    here.run("bench.warm", *packaging, python=Path(sys.executable))  # chalice is in this environment
    warm = {case: _warm(here, case, asked) for case in asked.cases}
    cold = _cold(here, asked) if asked.cold else {}
    of_cold = [judging_time.cold_part(cold)] if cold else []
    return [
        judging.fixed(warm, cold),
        judging_time.warm_part(warm),
        judging.calls(warm),
        *of_cold,
        judging.package(warm),
    ]


def _warm(here: Place, case: str, asked: argparse.Namespace) -> dict[str, Warm]:
    print(f"  warm: {CASES[case].title}", flush=True)
    measured = measure(here, WARM, case, asked.n, asked.rounds)
    replayed = measured[judging.REPLAYED]
    for event in (replayed.first, *replayed.events):
        if event.error:
            raise RuntimeError(f"{case} could not be replayed, so nothing was compared: {event.error}")
    return measured


def _cold(here: Place, asked: argparse.Namespace) -> dict[str, dict[str, Cold]]:
    print("  cold starts", flush=True)
    options = ["--work", str(here.work), "--runtime", str(here.runtime), "--n", str(asked.cold)]
    said = here.run("bench.cold", "--candidates", *judging.LABELS, "--cases", *asked.cases, *options)
    by_case: dict[str, dict[str, Cold]] = {}
    for each in json.loads(said):
        measured = Cold(**each)
        by_case.setdefault(measured.case, {})[measured.candidate] = measured
    return by_case


def _versions() -> dict[str, str]:
    """Return what was measured with: pinned, but for what is ours."""
    pinned = dict(line.split("==") for line in LOCK.read_text().splitlines() if "==" in line)
    versions = {name: pinned[name] for name in ("c7n", "boto3", "botocore", "moto")}
    return {**versions, "aws-lambda-powertools": version("aws-lambda-powertools")}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES), metavar="CASE")
    parser.add_argument("--n", type=int, default=20, help="events that count, per candidate, case and round")
    parser.add_argument("--rounds", type=int, default=2, help="how often every process is started anew")
    parser.add_argument("--cold", type=int, default=7, help="cold starts per candidate and case")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of the failing Slack")
    parser.add_argument("--quick", action="store_true", help=f"a look, under two minutes: {', '.join(QUICK)}")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    asked = parser.parse_args()
    if asked.quick:
        asked.cases, asked.n, asked.rounds, asked.cold = QUICK, 5, 1, 1
    return asked


if __name__ == "__main__":
    sys.exit(main())
