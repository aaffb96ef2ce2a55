"""Render a notice as plain text: the body of an e-mail, and what the command shows in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.notify import words
from chalicelib.notify.escape import line
from chalicelib.notify.notice import ChangeLine, Notice

_LIMIT = 500
"""Characters of any one text from the event."""


def render(notice: Notice) -> str:
    """Return the notice as lines of text, without anything unseen in it, a paragraph per question people ask."""
    paragraphs = [
        [line(notice.headline, _LIMIT), f"{notice.severity.name}: {words.meaning(notice)}{_tally(notice)}"],
        list(_asked(notice)),
        list(_where(notice)),
        list(_who(notice)),
        *(list(_change(change)) for change in notice.changes),
        [f"... and {notice.left_out} more: countermeasure show {line(notice.incident, _LIMIT)}"]
        if notice.left_out
        else [],
        ["Why not further:", *(f"  - {line(reason, _LIMIT)}" for reason in notice.ceilings)] if notice.ceilings else [],
        [f"Check next: {line(notice.look_at, 2 * _LIMIT)}"] if notice.look_at else [],
        [f"Undo: {line(notice.undo, _LIMIT)}"] if notice.undo else [],
        ["Decisions:", *_decisions(notice)] if notice.asked.decisions else [],
        [f"Finding: {line(notice.finding_url, _LIMIT)}"] if notice.finding_url else [],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _tally(notice: Notice) -> str:
    return f" ({line(notice.tally, _LIMIT)})" if notice.tally and not notice.grouped else ""


def _asked(notice: Notice) -> Iterator[str]:
    """Yield what is waited for, until when, and how to answer from a terminal; and who looks into it."""
    asked = notice.asked
    if notice.grouped:
        yield f"See all: {line(words.see_all(notice), _LIMIT)}"
    if asked.requester:
        yield f"{line(asked.requester, _LIMIT)} asks to undo this. Somebody else must approve it."
    if asked.expires:
        yield f"Asked until {line(asked.expires, _LIMIT)}. Without an answer it stays as it is."
    if asked.needed or asked.approved_by:
        names = ", ".join(line(each, _LIMIT) for each in asked.approved_by)
        yield f"{len(asked.approved_by)} of {asked.needed} approvals{f': {names}' if names else ''}"
    if command := words.approve(notice):
        yield f"Approve: {line(command, _LIMIT)}"
    if asked.acknowledged_by:
        yield f"Acknowledged by {line(asked.acknowledged_by, _LIMIT)}"
    if asked.snoozed_until:
        yield f"Snoozed until {line(asked.snoozed_until, _LIMIT)}"


def _decisions(notice: Notice) -> Iterator[str]:
    for each in notice.asked.decisions:
        why = f": {line(each.reason, _LIMIT)}" if each.reason else ""
        result = f" -> {line(each.result, _LIMIT)}" if each.result else ""
        yield f"  - {line(each.at, _LIMIT)} {line(each.by, _LIMIT)} {line(each.action, _LIMIT)}{why}{result}"


def _where(notice: Notice) -> Iterator[str]:
    times = f" ({notice.count} times)" if notice.count > 1 else ""
    seen = " to ".join(dict.fromkeys(each for each in (notice.first_seen, notice.last_seen) if each))
    told = {
        "Account": f"{notice.account_name} ({notice.account}) {notice.environment}",
        "Region": notice.region,
        "Rule": f"{notice.rule_title} ({notice.rule})" if notice.rule else notice.rule_title,
        "Source": f"{notice.source} {notice.finding_type}",
        "Seen": f"{seen}{times}",
        "Incident": notice.incident,
        "ATT&CK": ", ".join(notice.attack),
    }
    for label, value in told.items():
        if value:
            yield f"{label + ':':<10}{line(value, _LIMIT)}"
    for resource in notice.resources:
        url = f"  {line(resource.url, _LIMIT)}" if resource.url else ""
        yield f"{'Resource:':<10}{line(resource.id, _LIMIT)} ({line(resource.kind, _LIMIT)}){url}"


def _who(notice: Notice) -> Iterator[str]:
    who = notice.who
    told = {"Who": who.principal, "From": who.ip, "With": who.user_agent, "Key": who.access_key, "MFA": who.mfa}
    for label, value in told.items():
        if value:
            yield f"{label + ':':<10}{line(value, _LIMIT)}"


def _change(change: ChangeLine) -> Iterator[str]:
    yield f"{line(change.title, _LIMIT)}: {line(change.outcome, _LIMIT)}"
    yield f"  {line(change.resource_id, _LIMIT)} ({line(change.kind, _LIMIT)})"
    if change.before != change.after:
        planned = "" if change.done else "planned: "
        yield f"  {planned}{line(change.before, _LIMIT)} -> {line(change.after, _LIMIT)}"
    told = {"Until": change.until, "Reason": change.reason, "Impact": change.impact, "Note": change.undo}
    for label, value in told.items():
        if value:
            yield f"  {label}: {line(value, _LIMIT)}"
