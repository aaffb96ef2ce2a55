"""Stories: what happens to one resource in an order that nobody thought of, hundreds of times.

`python -m torture.stories SEED` tells those of one seed again, as a broken one names it.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from torture.machine import Machine, TimeIsOver
from torture.part import Limits, Part, Promise

BATCH = 12
"""Stories of one seed: enough for what hypothesis varies, few enough to end on time."""

STEPS = 14
"""What happens in one, unless something breaks before."""


PROMISE = "Nothing is written unrecorded, unapproved or twice; what was there before is given back; messages are true."


@dataclass(frozen=True, slots=True)
class Batch:
    """Stories with one seed, how often each thing happened in them, and what broke if anything did."""

    seed: int
    happened: Counter[str]
    broken: str = ""


def run(limits: Limits) -> Part:
    """Tell stories with one seed after another until the time is over."""
    until = time.monotonic() + limits.seconds
    seeds = random.Random(limits.seed)
    batches = [(seeds.randrange(2**32), until) for _ in range(2_000)]
    with ProcessPoolExecutor(limits.workers, get_context("spawn")) as pool:
        told = [batch for batch in pool.map(tell, batches) if batch.happened]
    happened = sum((batch.happened for batch in told), Counter[str]())
    figures = [(name.capitalize(), f"{number:,}") for name, number in sorted(happened.items(), key=lambda h: -h[1])]
    broken = [f"seed {batch.seed}: {batch.broken}" for batch in told if batch.broken]
    said = f"{len(broken)} of {happened['stories']:,} stories broke"
    return Part("Stories", figures, [Promise(PROMISE, bool(told) and not broken, said)], broken)


def tell(asked: tuple[int, float], stories: int = BATCH) -> Batch:
    """Tell stories with a seed, in this process, until a time (seconds of `time.monotonic`)."""
    number, until = asked
    happened: Counter[str] = Counter()
    if time.monotonic() >= until:
        return Batch(number, happened)
    bounded = seed(number)(type("Bounded", (Machine,), {"until": until, "happened": happened}))
    try:
        run_state_machine_as_test(bounded, settings=how(stories))
    except TimeIsOver:
        return Batch(number, happened)
    except Exception as error:  # noqa: BLE001 - whatever ends a story is what broke in it
        return Batch(number, happened, _broken(error))
    return Batch(number, happened)


def how(stories: int) -> settings:
    """Return how many stories are told; what breaks in one is not made shorter, which takes long."""
    return settings(
        max_examples=stories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


def _broken(error: Exception) -> str:
    """Return what broke, and the story to its end, in one line."""
    story = " ".join(" ".join(getattr(error, "__notes__", ())).split())
    return f"{type(error).__name__}: {error}"[:300] + f" | {story}"


def main() -> int:
    """Tell the stories of one seed, as a broken batch names it."""
    batch = tell((int(sys.argv[1]), time.monotonic() + 600))
    print(batch.broken or f"nothing broke: {dict(batch.happened)}")
    return 1 if batch.broken else 0


if __name__ == "__main__":
    sys.exit(main())
