"""Every call of an answer meets every fault: throttling, denial, outages, lost answers, stale reads; one at a time.

The real engine answers; botocore's own retries are in force, their waiting is time that passes. Then AWS is well
again, the event is delivered again where the function raised, the schedule runs, and a person undoes it all.
`python -m torture.faults SUBJECT CALL FAULT` tries one case alone, as a broken one is named in the report.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from chalicelib.model import Mode
from lab.faulty import HUB, Fault, faults
from lab.organization import Lab, embedded
from torture.fault_copies import Tried
from torture.fault_judge import Held
from torture.fault_trial import Usual, trials, usual
from torture.part import Limits, Part, Promise
from torture.subjects import Named, alone, composed

HUB_STRIDE = 6
"""The hub's own calls are the same for every remediation: they are tried for one in so many, and for every rule."""

APART = 8
"""Of every subject, one call in so many is tried before the others are of any."""


@dataclass(slots=True)
class Share:
    """What one worker did: what came of each case, and of how many subjects, calls and cases it heard."""

    tried: list[Tried] = field(default_factory=list)
    subjects: int = 0
    whole: int = 0
    calls: int = 0


def run(limits: Limits) -> Part:
    """Try as many cases as there is time for: some of every subject, then every call once before any call twice."""
    until = time.monotonic() + limits.seconds
    names = [*composed(Mode.ENFORCE), *alone()]
    random.Random(limits.seed).shuffle(names)
    with ProcessPoolExecutor(limits.workers, mp_context=get_context("spawn")) as pool:
        begun = [pool.submit(_work, names[n :: limits.workers], limits.seed, until) for n in range(limits.workers)]
        shares = [each.result() for each in begun]
    return part(len(names), shares)


def part(subjects: int, shares: Sequence[Share]) -> Part:
    """Return what the report says."""
    tried = [one for share in shares for one in share.tried]
    whole = sum(share.whole for share in shares)
    calls = sum(share.calls for share in shares)
    reached = sum(share.subjects for share in shares)
    broken = [one for one in tried if one.broken]
    ended = Counter("delivered again: AWS refused us" if _refused(one) else one.ended for one in tried)
    hit = len({(one.subject, one.call) for one in tried})
    figures = [
        ("Remediations in each of their shapes, and composed rules", f"{reached} of {subjects}"),
        ("Kinds of faults", f"{len(Fault)}"),
        ("Calls to AWS that met at least one of them", f"{hit:,} of {calls:,}"),
        ("Faults of calls tried", f"{len(tried):,} of {whole:,} ({len(tried) / max(whole, 1):.0%})"),
        *((f"Invocations that ended: {name}", f"{number:,}") for name, number in ended.most_common()),
        ("Notices that SNS was told twice", f"{sum(one.doubled for one in tried):,}"),
        ("Longest invocation", f"{max((one.seconds for one in tried), default=0):.0f} s"),
    ]
    promises = [_promise(held, tried) for held in Held]
    return Part("Faults", figures, promises, [str(one) for one in broken])


def cases(named: Named, expected: Usual, seed: int) -> Iterator[Mapping[int, Sequence[Fault]]]:
    """Yield rounds of cases, in an order that the seed says: some calls meet a fault; then the others; then all, again
    and again, one more of their faults.
    """
    chosen = random.Random(f"{seed} {named}")
    hub = bool(named.event) or chosen.randrange(HUB_STRIDE) == 0
    left = {
        number: chosen.sample(possible, len(possible))
        for number, operation in enumerate(expected.calls, 1)
        if (possible := faults(operation)) and (hub or not operation.startswith(HUB))
    }
    some = set(list(left)[chosen.randrange(min(APART, len(left) or 1)) :: APART])
    for first in (some, left.keys() - some):
        if first:
            yield {number: [left[number].pop()] for number in sorted(first)}
    while left := {number: waiting for number, waiting in left.items() if waiting}:
        yield {number: [waiting.pop()] for number, waiting in left.items()}


def _work(names: Sequence[Named], seed: int, until: float) -> Share:
    share = Share()
    with embedded() as lab:
        rounds = [(named, _rounds(lab, named, seed, share)) for named in names]
        while rounds and time.monotonic() < until:
            going = []
            for named, left in rounds:
                if time.monotonic() < until and (next_ := next(left, None)):
                    share.tried += _tried(lab, named, *next_, seed, until)
                    going.append((named, left))
            rounds = going
    return share


def _rounds(lab: Lab, named: Named, seed: int, share: Share) -> Iterator[tuple[Usual, Mapping[int, Sequence[Fault]]]]:
    """Answer once as usual, when the first round is asked for; then yield the rounds."""
    expected = usual(lab, named)
    every = list(cases(named, expected, seed))
    share.subjects += 1
    share.whole += sum(map(len, every))
    share.calls += len({number for each in every for number in each})
    if expected.broken:
        share.tried.append(Tried(str(named), 0, "", "no fault", "as usual", broken=expected.broken))
    yield from ((expected, each) for each in every)


def _tried(
    lab: Lab, named: Named, expected: Usual, wanted: Mapping[int, Sequence[Fault]], seed: int, until: float
) -> list[Tried]:
    """Try one round of one subject; one that cannot be tried hides no other."""
    try:
        return trials(lab, named, expected, wanted, seed, until)
    except Exception as error:  # noqa: BLE001 - it is a broken case, and said as such
        said = f"{type(error).__name__}: {error}"
        return [Tried(str(named), 0, "", "", "not tried", broken=((Held.RIGHT, said),))]


def _refused(one: Tried) -> bool:
    return one.ended.startswith("delivered again") and not one.ended.endswith("a response failed")


def _promise(held: Held, tried: Sequence[Tried]) -> Promise:
    broken = sum(any(what is held for what, _ in one.broken) for one in tried)
    return Promise(
        held.value, not broken, f"{broken:,} of {len(tried):,} did not." if broken else f"{len(tried):,} did."
    )


def _alone(subject: str, call: int, fault: str) -> str:
    [named] = [each for each in (*composed(Mode.ENFORCE), *alone()) if str(each) == subject]
    with embedded() as lab:
        [one] = trials(lab, named, usual(lab, named), {call: [Fault(fault)]}, 0, time.monotonic() + 600)
    return f"{one.ended}, {one.seconds:.0f} s, told twice: {one.doubled}\n{one}"


if __name__ == "__main__":
    sys.stdout.write(_alone(sys.argv[1], int(sys.argv[2]), sys.argv[3]) + "\n")
