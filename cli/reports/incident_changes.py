"""The changes of an incident as a report says them: before and after, why not further, and each AWS call. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.catalogue import Catalogue
from chalicelib.ledger import Stored
from chalicelib.model import Call, Change, Outcome, Remediation, Resource, State
from chalicelib.notify import Notice, links, verdicts
from chalicelib.notify.notice import Verdict, spoken
from chalicelib.undoing import HOLDS, touched
from chalicelib.withheld import withheld
from cli.reports.audit_tried import tried
from cli.reports.diff import Diff, diff
from cli.reports.incident_moments import Moments, moments
from cli.reports.page import plain
from cli.show import READS

TONES: Mapping[Verdict, str] = {
    Verdict.NOT_CONTAINED: "bad",
    Verdict.NOT_UNDONE: "bad",
    Verdict.CONTAINED: "good",
    Verdict.NOTHING_TO_DO: "good",
    Verdict.UNDONE: "calm",
}
"""How an outcome looks, by what it means for the incident; everything else asks for somebody's attention."""

_PLANNED = {Outcome.OBSERVED, Outcome.AWAITING, Outcome.OFF, Outcome.INTENDED}
_AS_IT_IS = {Outcome.COMPLIANT, Outcome.GONE}
_MOST_CALLS = 200


@dataclass(frozen=True, slots=True)
class ResourceSaid:
    """One resource: its CloudFormation type, as people say that, its id, and the URL of its console page or ""."""

    type: str
    kind: str
    id: str
    account: str
    region: str
    url: str


@dataclass(frozen=True, slots=True)
class CeilingSaid:
    """A guardrail that lowered the mode, how far, and why."""

    guardrail: str
    mode: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallSaid:
    """One AWS call. `parameters` is JSON text, bounded, without secrets; `error` is AWS's code, "" where it worked."""

    at: str
    operation: str
    parameters: str
    request_id: str
    error: str
    reads: bool


@dataclass(frozen=True, slots=True)
class ChangeSaid:
    """One remediation on one resource. `differs` says what the diff is: what was changed, or what would be."""

    number: int
    id: str
    rule: str
    remediation: str
    title: str
    impact: str
    resource: ResourceSaid
    mode: str  # how far it was to go at first
    approved: bool  # people let it go further
    ceilings: tuple[CeilingSaid, ...]
    outcome: str
    tone: str
    reason: str
    decided_at: str
    moments: Moments
    contained_at: str  # when it had been seen to hold, to the second; "" where it was not
    holds_until: str
    differs: str
    diff: Diff
    before: State
    after: State
    calls: tuple[CallSaid, ...]
    calls_left_out: int


def said_changes(stored: Stored, catalogue: Catalogue, notices: Sequence[Notice]) -> tuple[ChangeSaid, ...]:
    """Return every change, in the order in which they were decided. `notices`: the earliest first."""
    contained = [each.contained_at for each in tried(stored, notices)]
    return tuple(
        replace(_said(each, stored, catalogue.remediations), number=number, contained_at=at)
        for number, (each, at) in enumerate(zip(stored.changes, contained, strict=True), 1)
    )


def resource_said(resource: Resource) -> ResourceSaid:
    return ResourceSaid(
        type=plain(resource.type, 200),
        kind=plain(spoken(resource.type), 200),
        id=plain(resource.id, 500),
        account=plain(resource.account, 100),
        region=plain(resource.region, 100),
        url=links.of_resource(resource),
    )


def _said(change: Change, stored: Stored, remediations: Mapping[str, Remediation]) -> ChangeSaid:
    known = remediations.get(change.remediation)
    at_first = min([change.mode, *(ceiling.mode for ceiling in change.ceilings)])
    return ChangeSaid(
        number=0,
        id=plain(change.id, 200),
        rule=plain(change.rule, 200),
        remediation=plain(change.remediation, 200),
        title=plain(known.title if known else change.remediation, 300),
        impact=known.impact if known else "",
        resource=resource_said(change.resource),
        mode=at_first.name,
        approved=change.mode > at_first,
        ceilings=tuple(CeilingSaid(plain(c.guardrail, 100), c.mode.name, plain(c.reason)) for c in change.ceilings),
        outcome=change.outcome.value,
        tone=TONES.get(verdicts.VERDICTS[change.outcome], "warn"),
        reason=plain(change.reason),
        decided_at=plain(change.at, 40),
        moments=moments(change, stored.decisions),
        contained_at="",
        holds_until=plain(change.expires_at, 40) if change.outcome in HOLDS else "",
        differs=_differs(change),
        diff=diff(change.before, change.after),
        before=change.before,
        after=change.after,
        calls=tuple(_call(each) for each in change.calls[:_MOST_CALLS]),
        calls_left_out=max(0, len(change.calls) - _MOST_CALLS),
    )


def _differs(change: Change) -> str:
    """Return what the difference between the states means."""
    if not change.digest and change.before == change.after:
        return "No plan was made."
    if change.outcome in _AS_IT_IS or change.before == change.after:
        return "Nothing was to be changed."
    if change.outcome in _PLANNED or (change.outcome is not Outcome.UNDONE and not touched(change)):
        return "Planned, and not changed:"
    if change.outcome is Outcome.UNDONE:
        return "Changed, and taken back since: it is as it was before."
    return (
        "It failed on the way, and may be changed in part. It was to be changed so:"
        if change.outcome is Outcome.FAILED
        else "Changed:"
    )


def _call(call: Call) -> CallSaid:
    return CallSaid(
        at=plain(call.at, 40),
        operation=plain(call.operation, 200),
        parameters=plain(_json(withheld(call.parameters)), 1000) if call.parameters else "",
        request_id=plain(call.request_id, 200),
        error=plain(call.error, 200),
        reads=bool(READS.search(call.operation)),
    )


def _json(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
