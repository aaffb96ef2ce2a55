"""What an audit of a period says: every figure with the incidents behind it. Frozen data, made purely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.catalogue import Catalogue
from chalicelib.model import Severity
from chalicelib.notify.escape import line
from chalicelib.organization import Organization
from cli.faces import INCIDENT
from cli.reports.audit_controls import Framework, frameworks
from cli.reports.audit_limits import Exempted, Lowered, WouldHave, exempted, lowered, would_have
from cli.reports.audit_people import Approvals, Deeds, Refusal, Undone, approvals, deeds, refusals, undone
from cli.reports.audit_read import Day, Unread
from cli.reports.audit_seen import Seen
from cli.reports.audit_times import Bucket, Timing, buckets, timings
from cli.reports.audit_tried import Failure

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents that have something in common: what it is, what people call it, and their ids, the earliest first."""

    key: str
    title: str
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A response that failed, the incident that it was of, and who has acknowledged that."""

    incident: str
    failure: Failure
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many changes came to this, and in which incidents."""

    outcome: str
    changes: int
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The state of the evidence: chains that hold, that are broken (incident -> what is wrong), that wait for a seal.

    `digests` are the finished days of the period that have one, `missing` those after the first digest that have none,
    `wrong` those whose digest is not as it was made.
    """

    chains: int
    verified: tuple[str, ...]
    broken: Mapping[str, tuple[str, ...]]
    waiting: tuple[str, ...]
    unsealed: tuple[str, ...]
    digests: tuple[date, ...]
    missing: tuple[date, ...]
    wrong: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All that an audit says of the incidents that were opened in a period. Times are ISO 8601, UTC; durations seconds.

    `said` is what countermeasure told of itself, and storms; `unread` what is in the ledger and cannot be read.
    """

    schema_version: int
    organization: str
    made_at: str
    since: str
    until: str
    incidents: tuple[Seen, ...]
    said: tuple[Seen, ...]
    unread: tuple[Unread, ...]
    by_severity: tuple[Group, ...]
    by_rule: tuple[Group, ...]
    by_account: tuple[Group, ...]
    by_environment: tuple[Group, ...]
    by_verdict: tuple[Group, ...]
    by_outcome: tuple[Outcomes, ...]
    over: str  # what a bucket is: day, week or month
    over_time: tuple[Bucket, ...]
    timings: tuple[Timing, ...]
    approvals: Approvals
    deeds: tuple[Deeds, ...]
    refusals: tuple[Refusal, ...]
    undone: tuple[Undone, ...]
    failed: tuple[Failed, ...]
    would_have: tuple[WouldHave, ...]
    lowered: tuple[Lowered, ...]
    exemptions: tuple[Exempted, ...]
    frameworks: tuple[Framework, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for an audit: every incident of the period, what could not be read, and the days with a digest."""

    found: Sequence[Seen]
    unread: Sequence[Unread]
    digests: Sequence[Day]


def report(
    read: Read, catalogue: Catalogue, organization: Organization, since: datetime, until: datetime, now: datetime
) -> AuditReport:
    """Return what an audit says of what was read."""
    found = tuple(each for each in read.found if each.kind == INCIDENT)
    over, over_time = buckets(found, since, until)
    return AuditReport(
        schema_version=SCHEMA_VERSION,
        organization=organization.id,
        made_at=_iso(now),
        since=_iso(since),
        until=_iso(until),
        incidents=found,
        said=tuple(each for each in read.found if each.kind != INCIDENT),
        unread=tuple(read.unread),
        by_severity=_by_severity(found),
        by_rule=_grouped(found, lambda each: each.rules, _titles(catalogue)),
        by_account=_grouped(found, lambda each: (each.account,), _names(organization)),
        by_environment=_grouped(found, lambda each: (environment(organization, each.account),)),
        by_verdict=_grouped(found, lambda each: (each.verdict,)),
        by_outcome=_outcomes(found),
        over=over,
        over_time=over_time,
        timings=timings(found),
        approvals=approvals(found),
        deeds=deeds(found),
        refusals=refusals(found),
        undone=undone(found),
        failed=tuple(Failed(e.id, failure, e.acknowledged_by) for e in found for failure in e.failures),
        would_have=would_have(found, catalogue.remediations),
        lowered=lowered(found),
        exemptions=exempted(organization, found, now),
        frameworks=frameworks(catalogue, found),
        evidence=_evidence(read, since, min(until, now)),
    )


def environment(organization: Organization, account: str) -> str:
    """Return the environment of an account as it is today."""
    known = organization.account(account)
    return known.environment if known else "unknown"


def _by_severity(found: Sequence[Seen]) -> tuple[Group, ...]:
    return tuple(
        Group(severity.name, severity.name, tuple(each.id for each in found if each.severity is severity))
        for severity in sorted(Severity, reverse=True)
    )


def _grouped(
    found: Iterable[Seen], of: Callable[[Seen], Iterable[str]], titles: Mapping[str, str] | None = None
) -> tuple[Group, ...]:
    """Return the incidents by what they have in common, the most first; one may be in several groups."""
    ids: dict[str, list[str]] = {}
    for each in found:
        for key in of(each):
            ids.setdefault(key, []).append(each.id)
    made = [Group(key, (titles or {}).get(key, key), tuple(group)) for key, group in ids.items()]
    return tuple(sorted(made, key=lambda group: (-len(group.incidents), group.key)))


def _titles(catalogue: Catalogue) -> Mapping[str, str]:
    return {rule.id: rule.title for rule in catalogue.rules.values()}


def _names(organization: Organization) -> Mapping[str, str]:
    return {account.id: line(account.name, 200) for account in organization.accounts.values()}


def _outcomes(found: Iterable[Seen]) -> tuple[Outcomes, ...]:
    ids: dict[str, list[str]] = {}
    for each in found:
        for change in each.changes:
            ids.setdefault(change.outcome.value, []).append(each.id)
    made = [Outcomes(outcome, len(told), tuple(dict.fromkeys(told))) for outcome, told in ids.items()]
    return tuple(sorted(made, key=lambda each: (-each.changes, each.outcome)))


def _evidence(read: Read, since: datetime, until: datetime) -> Evidence:
    sealed = [each for each in read.found if each.chain.seals]
    there = {day.date for day in read.digests}
    days = [day for day in _days(since, until) if day >= min(there, default=date.max)]
    return Evidence(
        chains=len(read.found),
        verified=tuple(each.id for each in sealed if not each.chain.faults),
        broken={each.id: each.chain.faults for each in read.found if each.chain.faults},
        waiting=tuple(each.id for each in sealed if each.chain.waiting and not each.chain.faults),
        unsealed=tuple(each.id for each in read.found if not each.chain.seals and not each.chain.faults),
        digests=tuple(day for day in days if day in there),
        missing=tuple(day for day in days if day not in there),
        wrong=tuple(day.date for day in read.digests if day.date in days and not day.right),
    )


def _days(since: datetime, until: datetime) -> Iterable[date]:
    """Return the days (UTC) of a period that were over at its end."""
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    return (first + timedelta(days=number) for number in range((last - first).days))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
