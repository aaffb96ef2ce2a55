"""Everything that happened in an incident, in order, as Slack shows it to whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from chalicelib.ledger import Stored
from chalicelib.notify.escape import code, mrkdwn, units
from chalicelib.notify.slack_parts import SECTION, Room, person, plain, section, when
from chalicelib.slackapp.forms import View

ENTRIES = 80
"""The latest that are shown; the command shows all."""

ROOM = Room(text=250, lines=ENTRIES)


def view(stored: Stored) -> View:
    """Return the view of an incident: what was found, done, told and decided, the latest last."""
    told = [f"{when(at, ROOM)} {said}" for at, said in sorted(timeline(stored), key=lambda entry: _moment(entry[0]))]
    left = len(told) - ENTRIES
    command = code(f"countermeasure show {stored.id}", ROOM.text)
    lines = [code(stored.id, ROOM.text), *([f"… {left} earlier: {command}"] if left > 0 else []), *told[-ENTRIES:]]
    return {
        "type": "modal",
        "title": plain("Details"),
        "close": plain("Close"),
        "blocks": [section(text) for text in _packed(lines)],
    }


def timeline(stored: Stored) -> Iterator[tuple[str, str]]:
    """Yield everything that happened: its time (ISO 8601, UTC) and a line of mrkdwn, in which all text is escaped."""
    for finding in stored.findings:
        title, kind = mrkdwn(finding.title, ROOM.text), code(finding.type, ROOM.text)
        yield finding.first_seen, f"*Found*: {title}, {finding.severity.name}, {kind}"
    for change in stored.changes:
        what = f"{code(change.remediation, ROOM.text)} on {code(change.resource.id, ROOM.text)}"
        yield change.at, _with(f"*{change.outcome.value.capitalize()}*: {what}", change.reason)
    for notice in stored.notices:
        if notice.told_at:
            yield notice.told_at, _with("*Told*", ", ".join(sorted(notice.receipts)))
    for decision in stored.decisions:
        said = f"*{decision.action.value.capitalize()}* by {person(decision.by, ROOM)}"
        yield decision.at, _with(said, decision.reason, decision.result)


def _with(said: str, *more: str) -> str:
    """Return what was said and, after it, what else there is to say."""
    return ": ".join([said, *(mrkdwn(text, ROOM.text) for text in more if text)])


def _moment(at: str) -> datetime:
    """Return a time to sort by; what is no time comes first."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _packed(lines: Sequence[str]) -> list[str]:
    """Return the lines in as few texts as Slack takes."""
    packs: list[str] = []
    for each in lines:
        if packs and units(packs[-1]) + units(each) + 1 <= SECTION:
            packs[-1] += f"\n{each}"
        else:
            packs.append(each)
    return packs
