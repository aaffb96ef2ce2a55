"""Render a notice for Slack: the verdict and the question on top, the rest beside a bar in its severity's colour."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.model import Severity
from chalicelib.notify import slack_asked, slack_details, slack_question, words
from chalicelib.notify.escape import code, line, mrkdwn, units
from chalicelib.notify.notice import Kind, Notice
from chalicelib.notify.slack_parts import BLOCKS, FIELD, SECTION, Block, Room, header, section

COLOURS: Mapping[Severity, str] = {
    Severity.CRITICAL: "#a30200",
    Severity.HIGH: "#e8710a",
    Severity.MEDIUM: "#daa038",
    Severity.LOW: "#2d9ee0",
    Severity.INFORMATIONAL: "#9aa0a6",
}

TOTAL = 12_000
"""Characters of all blocks as JSON. Slack documents no total, and refuses from about 13,200 (msg_blocks_too_long)."""

_ROOMS = (Room(300, 12), Room(200, 8), Room(100, 6), Room(60, 4), Room(30, 2), Room(16, 1), Room(8, 1))
"""Tried from the widest: the first in which the whole message fits is used; the last one always fits."""


def render(notice: Notice, *, in_thread: bool = False, interactive: bool = False) -> dict[str, Any]:
    """Return `text`, `blocks` and `attachments` of a message; `text` is what notifications and old clients show.

    A reply in its incident's thread does not repeat who, what and where. `interactive`: buttons are heard, and shown.
    Every text that an event or a person may have written is escaped; Slack's limits hold for any notice.
    """
    for room in _ROOMS:
        if notice.kind is Kind.QUESTION:
            message = _question(notice, room, interactive)
        else:
            message = _message(notice, room, in_thread, interactive)
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


def _message(notice: Notice, room: Room, in_thread: bool, interactive: bool) -> dict[str, Any]:
    """Return a message in which what needs an answer is on top: Slack folds up what is long beside the bar."""
    urgent = words.for_people(notice)
    others = [change for change in notice.changes if change not in urgent]
    top = [
        header(line(notice.headline, max(6 * room.text, 60))),
        section(_verdict(notice, room)),
        *slack_asked.standing(notice, room),
        *slack_asked.approval(notice, room),
        *slack_details.changes(urgent, room),
        *slack_asked.answers(notice, room, interactive=interactive),
    ]
    detail = [
        *([] if in_thread else slack_details.about(notice, room)),
        *slack_details.changes(others, room),
        *slack_details.rest(notice, room),
    ]
    return _told(notice, top, detail)


def _verdict(notice: Notice, room: Room) -> str:
    """Return how bad it is, whether it is contained, and what that means; of a storm, how to see all of it."""
    tally = f" ({mrkdwn(notice.tally, room.text)})" if notice.tally and not notice.grouped else ""
    said = f"*{notice.severity.name}* · *{words.word(notice)}.* {words.meaning(notice)}{tally}"
    if notice.kind is Kind.ESCALATION:
        said = f"*Escalated. Somebody must look at this now.*\n{said}"
    return f"{said}\nSee all: {code(words.see_all(notice), max(room.text, 100))}" if notice.grouped else said


def _question(notice: Notice, room: Room, interactive: bool) -> dict[str, Any]:
    return _told(notice, list(slack_question.blocks(notice, room, interactive=interactive)), [])


def _told(notice: Notice, top: list[Block], detail: list[Block]) -> dict[str, Any]:
    return {
        "text": mrkdwn(f"{notice.severity.name} · {notice.headline}", 300),
        "blocks": top,
        "attachments": [{"color": COLOURS[notice.severity], "blocks": detail}] if detail else [],
    }
