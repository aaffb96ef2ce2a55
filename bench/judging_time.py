"""How much time the candidates took, in ratios, and whether the promises about that held."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import median

from bench.cases import CASES
from bench.judging import BARE, CUSTODIAN, LABELS, OURS, REPLAYED, Colds, Warms
from bench.report import Part, Promise
from bench.warm import Answered

MEDIAN_OF_CUSTODIAN = 1.0
AIM = 0.75
MOST_OF_CUSTODIAN = 1.0
MOST_OF_OWN_CALLS = 1.3


def warm_part(warm: Warms) -> Part:
    """Say what processor time an event takes, and what share of it is countermeasure's own."""
    rows, to_custodian, without, to_own, done = [], {}, {}, {}, set()
    for case, each in warm.items():
        ours, replayed, custodian = (each[name].events for name in (OURS, REPLAYED, CUSTODIAN))
        beyond = [event.beyond for event in replayed]
        to_custodian[case] = _paired([e.cpu for e in ours], custodian)
        without[case] = _paired([e.cpu - bare for e, bare in zip(ours, beyond, strict=True)], custodian)
        to_own[case] = _paired([e.cpu for e in ours], replayed)
        done |= {case} if any(event.fixed for event in custodian) else set()
        rows.append(
            [
                CASES[case].title,
                *(_typical(each[name].events) for name in (CUSTODIAN, BARE, OURS, REPLAYED)),
                f"{median(beyond):.1f}",
                f"{to_custodian[case]:.2f}",
                f"{without[case]:.2f}",
                f"{to_own[case]:.2f}",
            ]
        )
    note = (
        "Processor time per event, in milliseconds, the simulated AWS included. Custodian's counts as it is, also"
        " where it leaves the resource as it was.\n*Beyond* is the part of its own calls that goes beyond the case's"
        f" job: {_beyond(warm)}. The ratios are countermeasure / Custodian,\nthe same without what is beyond, and"
        " countermeasure / its own calls."
    )
    head = ["Case", "Cloud Custodian", "Bare calls", "countermeasure", "Its own calls, bare", "Beyond, bare"]
    return Part(
        "Warm",
        note,
        [*head, "/ Custodian", "without beyond", "/ own calls"],
        rows,
        _kept(to_custodian, without, to_own, done),
    )


def _kept(
    to_custodian: Mapping[str, float], without: Mapping[str, float], to_own: Mapping[str, float], done: Collection[str]
) -> list[Promise]:
    """Return the promises; `done` are the cases that Custodian fixes: what fails early has not done the job."""
    typical, whole = median(without.values()), median(to_custodian.values())
    compared = {case: ratio for case, ratio in without.items() if case in done}
    return [
        Promise(
            "An event takes at most Custodian's processor time for the same job, in the median of the cases.",
            typical <= MEDIAN_OF_CUSTODIAN,
            f"{typical:.2f}, and {whole:.2f} with what goes beyond the job; the aim is {AIM}, and docs/decisions/012"
            " says what is in its way",
        ),
        Promise(
            "No case that Custodian fixes takes more than its time, but for the bare cost of what goes beyond the job.",
            max(compared.values(), default=0) <= MOST_OF_CUSTODIAN,
            _worst(compared),
        ),
        Promise(
            f"No case takes more than {MOST_OF_OWN_CALLS} times the bare cost of its own AWS calls.",
            max(to_own.values()) <= MOST_OF_OWN_CALLS,
            _worst(to_own),
        ),
    ]


def _typical(events: Sequence[Answered]) -> str:
    """Return the median of the processor times, and say where they did not fix anything."""
    return f"{median(e.cpu for e in events):.1f}" + ("" if any(e.fixed for e in events) else " (not fixed)")


def _paired(ours: Sequence[float], theirs: Sequence[Answered]) -> float:
    """Return the median ratio to what the other took at the same moment."""
    return median(mine / other.cpu for mine, other in zip(ours, theirs, strict=True))


def _worst(ratios: Mapping[str, float]) -> str:
    if not ratios:
        return "no such case was compared"
    case = max(ratios, key=lambda each: ratios[each])
    return f"{ratios[case]:.2f} at most: {CASES[case].title}"


def _beyond(cases: Warms) -> str:
    return ", ".join(f"`{name}`" for name in sorted({name for case in cases for name in CASES[case].beyond}))


def cold_part(cold: Colds) -> Part:
    """Say how long it takes from nothing to the first event answered, and in how much memory."""
    rows, times, memories = [], {}, {}
    for case, each in cold.items():
        custodian, bare, ours = (each[name] for name in LABELS)
        times[case] = median(mine / theirs for mine, theirs in zip(ours.total, custodian.total, strict=True))
        memories[case] = median(ours.memory) / median(custodian.memory)
        rows.append(
            [
                CASES[case].title,
                *(f"{median(times_):,.0f}" for times_ in (ours.boto3, custodian.total, bare.total, ours.total)),
                f"{times[case]:.2f}",
                *(f"{median(each_.cpu):,.0f}" for each_ in (custodian, ours)),
                *(f"{median(each_.memory):.1f}" for each_ in (custodian, ours)),
                f"{memories[case]:.2f}",
            ]
        )
    head = ["Case", "boto3", "Cloud Custodian", "Bare calls", "countermeasure", "ratio"]
    head += ["CPU: Custodian", "countermeasure", "MB: Custodian", "countermeasure", "ratio"]
    note = (
        "From a fresh interpreter that has only the package and boto3 (`python -I -S`) to the first event answered, in"
        " milliseconds, boto3's\nimport included, against a simulated AWS over loopback; processor milliseconds without"
        " boto3's import; resident memory then."
    )
    compared = {case: ratio for case, ratio in times.items() if cold[case][CUSTODIAN].fixed}
    promises = [
        Promise(
            "No case that Custodian fixes starts and answers its first event later than Custodian does.",
            max(compared.values(), default=0) <= 1,
            _worst(compared),
        ),
        Promise("No case takes more memory than Custodian does.", max(memories.values()) <= 1, _worst(memories)),
    ]
    return Part("Cold", note, head, rows, promises)
