"""What an audit keeps of each change of an incident: when it was contained, what failed and what came of that. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.ledger import Stored
from chalicelib.model import Ceiling, Change, Finding, Outcome
from chalicelib.notify import Notice
from chalicelib.notify.escape import line
from cli.incidents import would_have
from cli.reports.incident_moments import moments
from cli.times import moment

NAME, TEXT = 200, 500
"""Characters kept of a name and of a sentence: the ledger has all of it."""

_MAY_HAVE_HELD = {Outcome.CONTAINED, Outcome.UNDOING, Outcome.UNDONE, Outcome.DRIFTED, Outcome.KEPT}


@dataclass(frozen=True, slots=True)
class Tried:
    """One remediation on one resource, and what became of it. Times are ISO 8601, UTC; empty where nobody knows."""

    rule: str
    remediation: str
    resource: str
    type: str
    account: str
    mode: str
    outcome: Outcome
    reason: str
    detected_at: str  # when AWS last saw what is wrong, as the event said that was answered
    received_at: str  # when countermeasure began to answer
    contained_at: str  # when it had been seen to hold, by the first notice that says so, which knows the second
    expires: bool  # it was to hold for a time only
    held_back: bool  # observing is all that kept it from being done
    ceilings: tuple[Ceiling, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A response that failed, by the first notice that says so, and what its place came to since."""

    at: str
    remediation: str
    resource: str
    why: str
    since: Outcome


def tried(stored: Stored, notices: Sequence[Notice]) -> Iterator[Tried]:
    """Yield what is kept of each change, in the order in which they were decided. `notices`: the earliest first."""
    findings = {finding.id: finding for finding in stored.findings}
    held = {change.id for change in would_have(stored)}
    for number, change in enumerate(stored.changes):
        later = (other.at for other in stored.changes[number + 1 :] if _place(other) == _place(change))
        yield Tried(
            rule=line(change.rule, NAME),
            remediation=line(change.remediation, NAME),
            resource=line(change.resource.id, NAME),
            type=line(change.resource.type, NAME),
            account=line(change.resource.account, NAME),
            mode=change.mode.name.lower(),
            outcome=change.outcome,
            reason=line(change.reason, TEXT),
            detected_at=_detected(change, findings.get(change.finding)),
            received_at=change.at,
            contained_at=_contained(change, moments(change, stored.decisions).changed, notices, next(later, "")),
            expires=bool(change.expires_at),
            held_back=change.id in held,
            ceilings=tuple(Ceiling(c.guardrail, c.mode, line(c.reason, TEXT)) for c in change.ceilings),
        )


def _place(change: Change) -> tuple[str, str]:
    return change.remediation, change.resource.key


def _detected(change: Change, finding: Finding | None) -> str:
    """Return when AWS last saw it before it was answered: later news of a finding takes the place of earlier."""
    told = (change.resource.seen, finding.last_seen if finding else "", finding.first_seen if finding else "")
    for at in told:
        with suppress(ValueError):
            if moment(at) <= moment(change.at):
                return at
    return ""


def _contained(change: Change, changed: str, notices: Sequence[Notice], until: str) -> str:
    """Return when a change had been seen to hold; "" where it was not, or nobody knows when.

    That is when the first notice says so, before its place was changed again (`until`), and not before its last write
    had been answered (`changed`).
    """
    if change.outcome not in _MAY_HAVE_HELD:
        return ""
    for notice in notices:
        if until and _second(notice.at) >= _second(until) > _second(change.at):
            break
        if _second(notice.at) >= _second(change.at) and _says_contained(notice, change):
            return max(notice.at, changed, key=moment) if changed else notice.at
    return changed if change.outcome is Outcome.CONTAINED else ""


def _second(at: str) -> int:
    """Return the second that a time is in: notices know no more of it."""
    return int(moment(at).timestamp())


def _says_contained(notice: Notice, change: Change) -> bool:
    """Tell whether a notice says that a change is contained, by its own line or by the number of those left out."""
    mine = [each for each in notice.changes if (each.remediation, each.resource_id) == _named(change)]
    if mine:
        return any(each.outcome == Outcome.CONTAINED.value for each in mine)
    return bool(notice.left_out) and Outcome.CONTAINED.value in notice.tally


def _named(change: Change) -> tuple[str, str]:
    """Return a change as a notice names it."""
    return line(change.remediation, 256), line(change.resource.id, 256)


def failures(changes: Sequence[Change], notices: Sequence[Notice]) -> Iterator[Failure]:
    """Yield what failed, once for each place: also what a later attempt has made good, as people were told."""
    last = {_named(change): change for change in changes}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for notice in notices:
        for each in notice.changes:
            if each.outcome == Outcome.FAILED.value:
                found.setdefault((each.remediation, each.resource_id), (notice.at, each.reason))
    for change in changes:
        if change.outcome is Outcome.FAILED:
            found.setdefault(_named(change), (change.at, change.reason))
    for name, (at, why) in found.items():
        if name in last:
            yield Failure(at, line(name[0], NAME), line(name[1], NAME), line(why, TEXT), last[name].outcome)
