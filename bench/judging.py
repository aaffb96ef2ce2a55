"""What the candidates came to, but for time: what was fixed, with how many calls, out of how large a package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bench.calls import Named, before, reaches, twice
from bench.cases import CASES
from bench.cold import Cold
from bench.report import Part, Promise
from bench.warm_runs import Warm

CUSTODIAN, BARE, OURS, REPLAYED = (
    "custodian_candidate",
    "bare_candidate",
    "countermeasure_candidate",
    "replayed_candidate",
)
LABELS = {CUSTODIAN: "Cloud Custodian", BARE: "Bare calls", OURS: "countermeasure"}

ZIP_BYTES = 4_000_000

Warms: TypeAlias = Mapping[str, Mapping[str, Warm]]
"""What every candidate did, by case."""

Colds: TypeAlias = Mapping[str, Mapping[str, Cold]]


def fixed(warm: Warms, cold: Colds) -> Part:
    """Say how many events ended with the resource fixed."""
    rows, ours = [], []
    for case in warm:
        row = [CASES[case].title]
        for candidate in LABELS:
            counted = [event.fixed for event in warm[case][candidate].events]
            started = cold.get(case, {}).get(candidate)
            done, of = sum(counted), len(counted)
            if started:
                done, of = done + started.fixed, of + len(started.total)
            error = next((event.error for event in warm[case][candidate].events if event.error), "")
            row.append(f"{done} of {of}" + (f" ({error.partition(':')[0]})" if error else ""))
            ours += [(done, of)] if candidate == OURS else []
        rows.append(row)
    done, of = (sum(each) for each in zip(*ours, strict=True))
    note = "How many events ended with the resource fixed, warm and cold; and what was raised where something was."
    promise = Promise("Every event ends with the resource fixed.", done == of, f"{done} of {of}")
    return Part("Fixed", note, ["Case", *LABELS.values()], rows, [promise])


def calls(warm: Warms) -> Part:
    """Say which AWS calls come before the one that contains, and whether one is made twice."""
    rows, again = [], []
    for case, each in warm.items():
        for candidate in (CUSTODIAN, OURS):
            first, later = each[candidate].first.calls, each[candidate].events[-1].calls
            contains = CASES[case].contains
            said = [_counted(ahead, contains) for ahead in (first, later)]
            rows.append([CASES[case].title, LABELS[candidate], *said, _named(first, later, contains)])
            if candidate == OURS:
                ahead = [*twice(before(first, contains)), *twice(before(later, contains))]
                again += [f"{name} ({case})" for name in dict.fromkeys(ahead)]
    note = (
        "How many AWS calls come before the one that ends the danger: for the first event of a function, which fetches"
        " its secrets and\ncredentials, and for later ones, whose calls are named."
    )
    seen = f"{len(again)} made twice: {', '.join(again)}" if again else "none is made twice"
    promise = Promise("Nothing is asked of AWS twice, with the same parameters, before containment.", not again, seen)
    return Part("Calls before containment", note, ["Case", "", "First", "Later", "Calls"], rows, [promise])


def _named(first: Sequence[Named], later: Sequence[Named], contains: frozenset[str]) -> str:
    """Return the names of the calls ahead of containment, and of those that only the first event makes."""
    usual = [name for name, _ in before(later, contains)]
    more = Counter(name for name, _ in before(first, contains)) - Counter(usual)
    return (", ".join(usual) or "none") + (f"; first also {', '.join(more.elements())}" if more else "")


def _counted(made: Sequence[Named], contains: frozenset[str]) -> str:
    return str(len(before(made, contains))) if reaches(made, contains) else "never contained"


def package(warm: Warms) -> Part:
    """Say how large the packages are."""
    built = next(iter(warm.values()))
    rows = [
        [
            label,
            *(f"{built[name].built[key] / 1000:,.0f}" for key in ("zip_bytes", "unzipped_bytes")),
            _files(built[name]),
        ]
        for name, label in LABELS.items()
    ]
    size = built[OURS].built["zip_bytes"]
    note = "Sizes in kB, without boto3. Custodian deploys one package per policy; countermeasure one for all its rules."
    promise = Promise(f"The package has at most {ZIP_BYTES / 1e6:.0f} MB.", size <= ZIP_BYTES, f"{size / 1e6:.2f} MB")
    return Part("Package", note, ["", "zip", "unpacked", "files"], rows, [promise])


def _files(warm: Warm) -> str:
    return f"{warm.built['files']:,}"
