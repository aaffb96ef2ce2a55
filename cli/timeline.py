"""Everything that happened in an incident, in order: found, decided, done, told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.approvals import granted
from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action, Approval, Decision
from chalicelib.ledger import Stored, Told
from chalicelib.model import Change, Finding, Mode
from chalicelib.notify import Notice
from chalicelib.notify.notice import spoken
from chalicelib.notify.states import difference
from chalicelib.undoing import HOLDS
from cli.show import OUTCOME, call_line, plain
from cli.times import local, moment

Lines = Iterator[tuple[str, str, str]]
"""A label, a text without anything unseen in it, and a style."""

_TIME = "%Y-%m-%d %H:%M:%S"
_LONG = 2000
"""Characters shown of a state or a reason: `--json` has all of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when (ISO 8601, UTC), in a few words, and what there is to say of it."""

    at: str
    title: str
    style: str
    lines: tuple[tuple[str, str, str], ...]


def timeline(stored: Stored, catalogue: Catalogue) -> tuple[Entry, ...]:
    """Return everything that happened, the earliest first. A change stands where it was decided, as it is now.

    What was told is known by the second: within one, it follows what it tells of.
    """
    return tuple(sorted(_entries(stored, catalogue), key=lambda entry: _second(entry.at)))


def _entries(stored: Stored, catalogue: Catalogue) -> Iterator[Entry]:
    for finding in stored.findings:
        yield Entry(finding.first_seen, f"Found: {plain(finding.title)}", "bold", tuple(_found(finding)))
    for change in stored.changes:
        known = catalogue.remediations.get(change.remediation)
        what = f"{known.title if known else plain(change.remediation)}: {plain(change.resource.id)}"
        style = OUTCOME.get(change.outcome, "")
        impact = known.impact if known else ""
        yield Entry(change.at, f"{change.outcome.upper()}  {what}", style, tuple(_done(change, impact)))
    for approval in stored.approvals:
        yield Entry(approval.asked_at, _asked(approval), "bold yellow", tuple(_votes(approval)))
    for decision in stored.decisions:
        by = f"{decision.action.value.capitalize()} by {plain(decision.by)} (via {plain(decision.via)})"
        yield Entry(decision.at, by, "bold cyan", tuple(_decided(decision)))
    for told in stored.notices:
        notice = Notice.from_json(told.body)
        yield Entry(notice.at or stored.opened_at, f"Told: {plain(notice.headline)}", "", tuple(_told(told, notice)))


def _found(finding: Finding) -> Lines:
    yield "source", f"{plain(finding.source)} {plain(finding.type)}", ""
    yield "where", f"{plain(finding.account)} {plain(finding.region)}", ""
    if finding.count > 1 or finding.last_seen != finding.first_seen:
        yield "seen", f"{finding.count} times, last {local(plain(finding.last_seen), _TIME)}", ""
    if finding.resources:
        named = [f"{plain(each.id)} ({plain(spoken(each.type))})" for each in finding.resources]
        yield "on", ", ".join(named), ""
    actor = finding.actor
    if actor:
        yield from _given({"who": actor.arn or actor.name or actor.type, "key": actor.access_key_id})
        yield from _given({"from": actor.ip, "with": actor.user_agent, "mfa": actor.mfa})
    yield from _given({"says": finding.description})
    yield "id", plain(finding.id), "dim"


def _done(change: Change, impact: str) -> Lines:
    yield "on", f"{plain(change.resource.id)} ({plain(change.resource.type)}) {_place(change)}", ""
    yield "rule", plain(change.rule), ""
    held = change.mode < Mode.ENFORCE
    yield (
        "mode",
        f"{change.mode.name}{'' if change.ceilings else ': no guardrail holds back'}",
        "yellow" if held else "",
    )
    for each in change.ceilings:
        yield "", f"{each.mode.name}, {plain(each.guardrail)}: {plain(each.reason, _LONG)}", "yellow"
    if change.before != change.after:
        before, after = difference(change.before, change.after)
        yield "before", plain(before, _LONG), "red"
        yield "after", plain(after, _LONG), "green"
    if change.expires_at and change.outcome in HOLDS:
        yield "until", f"{local(change.expires_at, _TIME)}, then it is taken back", ""
    yield from _given({"why": change.reason, "impact": impact})
    for call in change.calls:
        yield "call", call_line(call), "dim"
        yield from (("", f"request {plain(call.request_id)}", "dim"),) if call.request_id else ()


def _asked(approval: Approval) -> str:
    if approval.of is Action.UNDO:
        return f"Asked: {plain(approval.requester)} wants to undo it, and somebody else must approve"
    return "Asked: may this be changed?"


def _votes(approval: Approval) -> Lines:
    state = "granted, and being carried out" if granted(approval) else f"until {local(approval.expires_at, _TIME)}"
    yield "waits", f"{state}{'; escalated' if approval.escalated else ''}", ""
    yield "votes", f"{len(approval.votes)} of {approval.needed}", ""
    yield from (("", f"{local(at, _TIME)}  {plain(by)}", "") for by, at in sorted(approval.votes.items()))
    yield from _given({"why": approval.reason})


def _decided(decision: Decision) -> Lines:
    yield from _given({"why": decision.reason})
    also = [name for name, on in (("confirmed", decision.confirm), ("forced", decision.force)) if on]
    yield from _given({"how": ", ".join(also), "result": decision.result})


def _told(told: Told, notice: Notice) -> Lines:
    yield "as", f"{notice.kind.value}{f' to {plain(notice.to)}' if notice.to else ''}", ""
    for channel, receipt in sorted(told.receipts.items()):
        said, style = receipt_line(receipt)
        yield plain(channel, 12), said, style
    if told.told_at:
        yield "told", local(told.told_at, _TIME), ""
    elif told.not_before:
        yield "waits", f"snoozed until {local(told.not_before, _TIME)}", "yellow"
    else:
        again = f": tried again from {local(told.due, _TIME)} on" if told.due else ""
        yield "told", f"not yet{again}", "bold yellow"


def receipt_line(receipt: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a channel answered: that it took the notice, who was told in its stead, or why it did not."""
    error = receipt.get("error") or receipt.get("face_error")
    if error:
        return f"failed: {plain(str(error), _LONG)}", "bold red"
    if receipt.get("fallback"):
        return f"could not be told; SNS was in its stead ({plain(str(receipt['fallback']))})", "yellow"
    return ", ".join(f"{plain(str(name))} {plain(str(value))}" for name, value in sorted(receipt.items())), "dim"


def _given(told: Mapping[str, str]) -> Lines:
    """Yield what is given at all."""
    return ((label, plain(text, _LONG), "") for label, text in told.items() if text)


def _place(change: Change) -> str:
    return f"in {plain(change.resource.account)} {plain(change.resource.region)}"


def _second(at: str) -> datetime:
    """Return the second to sort by; what is no time comes first."""
    try:
        return moment(at).replace(microsecond=0)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
