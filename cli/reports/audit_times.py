"""How fast it was, and when: time to contain with its mean, median and p95, and the days or weeks of a period. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.model import Outcome, Severity
from cli.reports.audit_seen import Seen
from cli.reports.audit_tried import Tried
from cli.times import moment

_NOTHING_TO_DO = {Outcome.COMPLIANT, Outcome.GONE}

DAYS, WEEKS = 31, 366
"""So many days are shown one by one; so many, week by week; more, month by month."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What some durations come to, in seconds. `p95` is the nearest rank: the smallest that 95 % do not exceed."""

    count: int
    mean: float
    median: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True)
class Contained:
    """The first answer of an incident of which everything held: seconds from AWS's detection, and from receipt.

    None where a time is not known: the event said none, or it was no event of AWS (a sample, a replay).
    """

    incident: str
    severity: Severity
    from_detection: float | None
    from_receipt: float | None


@dataclass(frozen=True, slots=True)
class Timing:
    """Time to contain of some incidents: `of` how many there was something to change in; `contained` are those."""

    name: str
    of: int
    contained: tuple[str, ...]
    from_detection: Spread | None
    from_receipt: Spread | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day, a week from Monday, or a month of the period (UTC): the incidents that were opened in it, by severity."""

    start: str
    incidents: Mapping[str, tuple[str, ...]]


def timings(incidents: Sequence[Seen]) -> tuple[Timing, ...]:
    """Return the time to contain of all incidents, then of each severity that occurs, the worst first."""
    severities = sorted({each.severity for each in incidents}, reverse=True)
    groups = [("all", list(incidents))]
    groups += [(worst.name, [each for each in incidents if each.severity is worst]) for worst in severities]
    return tuple(_timing(name, group) for name, group in groups)


def _timing(name: str, group: Sequence[Seen]) -> Timing:
    found = [each for each in map(contained, group) if each]
    return Timing(
        name=name,
        of=sum(to_change(each) for each in group),
        contained=tuple(each.incident for each in found),
        from_detection=spread(each.from_detection for each in found),
        from_receipt=spread(each.from_receipt for each in found),
    )


def to_change(incident: Seen) -> bool:
    """Tell whether there was something to change in an incident."""
    return any(change.outcome not in _NOTHING_TO_DO for change in incident.changes)


def contained(incident: Seen) -> Contained | None:
    """Return how fast an incident was contained: by its first answer of which everything was changed and held, or None.

    An answer holds what was decided at the same time, also what was approved later. Taken back since, it counts.
    """
    answers: dict[str, list[Tried]] = {}
    for change in incident.changes:
        answers.setdefault(change.received_at, []).append(change)
    for received, changes in sorted(answers.items()):
        wanted = [change for change in changes if change.outcome not in _NOTHING_TO_DO]
        if wanted and all(change.contained_at for change in wanted):
            ended = max(_timestamp(change.contained_at) for change in wanted)
            known = [] if incident.drill else [_timestamp(each.detected_at) for each in wanted if each.detected_at]
            return Contained(
                incident=incident.id,
                severity=incident.severity,
                from_detection=max(ended - min(known), 0.0) if known else None,
                from_receipt=None if incident.drill else max(ended - _timestamp(received), 0.0),
            )
    return None


def _timestamp(at: str) -> float:
    return moment(at).timestamp()


def spread(durations: Iterable[float | None]) -> Spread | None:
    """Return what durations come to; None where there are none."""
    known = sorted(each for each in durations if each is not None)
    if not known:
        return None
    return Spread(len(known), statistics.fmean(known), statistics.median(known), nearest_rank(known, 95), known[-1])


def nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """Return the percentile of values in order, of which there is one at least: no value is made up between two."""
    return ordered[max(math.ceil(percent * len(ordered) / 100), 1) - 1]


def buckets(incidents: Iterable[Seen], since: datetime, until: datetime) -> tuple[str, tuple[Bucket, ...]]:
    """Return whether it is days, weeks or months, and each of them in the period, also those without an incident."""
    days = (until - since).total_seconds() / 86400
    unit = "day" if days <= DAYS else "week" if days <= WEEKS else "month"
    found: dict[str, dict[str, list[str]]] = {f"{start:%Y-%m-%d}": {} for start in _starts(since, until, unit)}
    for each in incidents:
        start = _start(datetime.fromisoformat(each.opened_at).astimezone(UTC), unit)
        found.setdefault(f"{start:%Y-%m-%d}", {}).setdefault(each.severity.name, []).append(each.id)
    filled = {start: {name: tuple(ids) for name, ids in by.items()} for start, by in sorted(found.items())}
    return unit, tuple(Bucket(start, by) for start, by in filled.items())


def _starts(since: datetime, until: datetime, unit: str) -> Iterator[datetime]:
    start = _start(since.astimezone(UTC), unit)
    while start < until:
        yield start
        start = _start(start + timedelta(days={"day": 1, "week": 7, "month": 32}[unit]), unit)


def _start(at: datetime, unit: str) -> datetime:
    """Return the midnight (UTC) on which the day, the week or the month of a time begins."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day
