"""Render a notice for Slack: the verdict on top, the rest beside a bar in the colour of its severity."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from chalicelib.model import Severity
from chalicelib.notify.escape import code, line, link, mrkdwn, units
from chalicelib.notify.notice import MEANING, ChangeLine, Notice, ResourceLine

Block: TypeAlias = dict[str, Any]

COLOURS: Mapping[Severity, str] = {
    Severity.CRITICAL: "#a30200",
    Severity.HIGH: "#e8710a",
    Severity.MEDIUM: "#daa038",
    Severity.LOW: "#2d9ee0",
    Severity.INFORMATIONAL: "#9aa0a6",
}

TOTAL = 12_000
"""Characters of all blocks as JSON. Slack documents no total, and refuses from about 13,200 (msg_blocks_too_long)."""

SECTION, FIELD, HEADER, BLOCKS = 3000, 2000, 150, 50
"""Slack's limits: text of a section, of one of its fields, of a header; blocks of a message (Block Kit reference)."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much is shown: characters of any one text, and lines of any one list."""

    text: int
    lines: int


_ROOMS = (Room(300, 12), Room(200, 8), Room(100, 6), Room(60, 4), Room(30, 2), Room(16, 1))
"""Tried from the widest: the first in which the whole message fits is used; the last one always fits."""


def render(notice: Notice, *, in_thread: bool = False) -> dict[str, Any]:
    """Return `text`, `blocks` and `attachments` of a message; `text` is what notifications and old clients show.

    A reply in its incident's thread does not repeat who, what and where. Every text that an event may have written
    is escaped; Slack's limits hold for any notice.
    """
    for room in _ROOMS:
        message = _message(notice, room, in_thread)
        if _fits(message):
            break
    return message


def _fits(message: Mapping[str, Any]) -> bool:
    """Tell whether Slack's limits hold: of each text, of the number of blocks, and of all blocks together."""
    blocks = [*message["blocks"], *(block for each in message["attachments"] for block in each["blocks"])]
    return (
        len(blocks) <= BLOCKS
        and len(json.dumps(blocks)) <= TOTAL
        and all(units(block["text"]["text"]) <= SECTION for block in blocks if "text" in block)
        and all(units(field["text"]) <= FIELD for block in blocks for field in block.get("fields", ()))
    )


def _message(notice: Notice, room: Room, in_thread: bool) -> dict[str, Any]:
    verdict = f"*{notice.severity.name}* · *{notice.verdict.capitalize()}.* {MEANING[notice.verdict]}"
    tally = f" ({mrkdwn(notice.tally, room.text)})" if notice.tally else ""
    detail = [
        *([] if in_thread else _about(notice, room)),
        *(_section(_change(change, room)) for change in notice.changes[: room.lines]),
        *_rest(notice, room),
    ]
    return {
        "text": mrkdwn(f"{notice.severity.name} · {notice.headline}", 300),
        "blocks": [_header(notice.headline), _section(f"{verdict}{tally}")],
        "attachments": [{"color": COLOURS[notice.severity], "blocks": detail}] if detail else [],
    }


def _about(notice: Notice, room: Room) -> Iterator[Block]:
    """Yield what happened, where, to what and by whom."""
    times = f" ({notice.count} times)" if notice.count > 1 else ""
    rule = f" {code(notice.rule, room.text)}" if notice.rule else ""
    told = {
        "Account": f"{mrkdwn(notice.account_name, room.text)} {code(notice.account, room.text)}",
        "Environment": mrkdwn(notice.environment, room.text),
        "Region": mrkdwn(notice.region, room.text),
        "Source": f"{mrkdwn(notice.source, room.text)} {code(notice.finding_type, room.text)}",
        "First seen": _when(notice.first_seen, room),
        "Last seen": f"{_when(notice.last_seen, room)}{times}",
        "Rule": f"{mrkdwn(notice.rule_title, room.text)}{rule}",
        "Incident": code(notice.incident, room.text),
    }
    yield {"type": "section", "fields": [_mrkdwn(f"*{label}*\n{value}") for label, value in told.items() if value]}
    resources = [_resource(each, room) for each in notice.resources[: room.lines]]
    if resources:
        yield _section("\n".join(["*Resources*", *resources, *_more(len(notice.resources) - len(resources))]))
    who = notice.who
    named = {"Who": who.principal, "From": who.ip, "With": who.user_agent, "Key": who.access_key, "MFA": who.mfa}
    actor = [f"*{label}* {code(value, room.text)}" for label, value in named.items() if value]
    if actor:
        yield _section("\n".join(actor))


def _resource(resource: ResourceLine, room: Room) -> str:
    console = f" · {link(resource.url, 'console')}" if resource.url else ""
    return f"{code(resource.id, room.text)} {mrkdwn(resource.kind, room.text)}{console}"


def _change(change: ChangeLine, room: Room) -> str:
    """Return one remediation on one resource: what came of it, before and after, and why it did not go well."""
    lines = [
        f"*{mrkdwn(change.title, room.text)}*: {mrkdwn(change.outcome, room.text)}",
        f"{code(change.resource_id, room.text)} {mrkdwn(change.kind, room.text)}",
    ]
    if change.before != change.after:
        planned = "" if change.done else "planned: "
        lines.append(f"{planned}{code(change.before, room.text)} → {code(change.after, room.text)}")
    if change.reason:
        lines.append(f"Reason: {code(change.reason, room.text)}")
    lines += [mrkdwn(text, room.text) for text in (change.impact, change.undo) if text]
    return "\n".join(lines)


def _rest(notice: Notice, room: Room) -> Iterator[Block]:
    """Yield what was left out, why it did not go further, what to check, how to undo it and where to look."""
    shown = min(len(notice.changes), room.lines)
    left_out = len(notice.changes) - shown + notice.left_out
    if left_out:
        yield _section(f"… and {left_out} more: {code(f'countermeasure show {notice.incident}', max(room.text, 100))}")
    if notice.ceilings:
        reasons = [f"• {mrkdwn(reason, room.text)}" for reason in notice.ceilings[: room.lines]]
        yield _section("\n".join(["*Why not further*", *reasons, *_more(len(notice.ceilings) - len(reasons))]))
    if notice.look_at:
        yield _section(f"*Check next*\n{mrkdwn(notice.look_at, 3 * room.text)}")
    if notice.undo:
        yield _section(f"*Undo*\n{code(notice.undo, max(room.text, 100))}")
    foot = [link(notice.finding_url, "Open the finding")] if notice.finding_url else []
    if notice.attack:
        foot.append(f"ATT&amp;CK {mrkdwn(', '.join(notice.attack), room.text)}")
    if foot:
        yield {"type": "context", "elements": [_mrkdwn(text) for text in foot]}


def _more(number: int) -> list[str]:
    return [f"… and {number} more"] if number > 0 else []


def _when(seen: str, room: Room) -> str:
    """Return an ISO 8601 time in the reader's own time zone, or the text itself where it is no such time.

    Slack: "Formatting message text", Date formatting.
    """
    try:
        moment = datetime.fromisoformat(seen)
    except ValueError:
        return code(seen, room.text)
    if moment.tzinfo is None or not 1990 <= moment.year <= 2100:
        return code(seen, room.text)
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time_secs}}|{moment:%Y-%m-%d %H:%M:%S %Z}>"


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": line(text, HEADER) or "-", "emoji": False}}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    """Return a text object in which Slack links and mentions nothing by itself (`verbatim`)."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
