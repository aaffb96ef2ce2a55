"""The pieces of Slack's Block Kit that messages are made of, and how much of anything is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from chalicelib.dataclass import dataclass
from chalicelib.notify.escape import code, line

Block: TypeAlias = dict[str, Any]

SECTION, FIELD, HEADER, BLOCKS = 3000, 2000, 150, 50
"""Slack's limits: text of a section, of one of its fields, of a header; blocks of a message (Block Kit reference)."""

_SLACK_USER = re.compile(r"slack:([UW][A-Z0-9]{6,20})")


@dataclass(frozen=True, slots=True)
class Room:
    """How much is shown: characters of any one text, and lines of any one list."""

    text: int
    lines: int


def header(text: str) -> Block:
    """Return the headline, in which Slack reads nothing but text."""
    return {"type": "header", "text": plain(line(text, HEADER) or "-")}


def section(text: str) -> Block:
    """Return a paragraph."""
    return {"type": "section", "text": mrkdwn_text(text)}


def fields(told: Mapping[str, str]) -> Block:
    """Return labels and values in two columns; what has no value is left out."""
    shown = [mrkdwn_text(f"*{label}*\n{value}") for label, value in told.items() if value]
    return {"type": "section", "fields": shown[:10]}


def context(texts: Sequence[str]) -> Block:
    """Return a line of small print."""
    return {"type": "context", "elements": [mrkdwn_text(text) for text in texts[:10]]}


def plain(text: str) -> Block:
    """Return a text object in which Slack reads nothing but text."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn_text(text: str) -> Block:
    """Return a text object in which Slack links and mentions nothing by itself (`verbatim`)."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def more(number: int) -> list[str]:
    """Return the line that says how much of a list is not shown."""
    return [f"… and {number} more"] if number > 0 else []


def person(by: str, room: Room) -> str:
    """Return who decided: a mention of exactly a Slack user, and anything else as it is written."""
    found = _SLACK_USER.fullmatch(by)
    return f"<@{found[1]}>" if found else code(by, room.text)


def when(seen: str, room: Room) -> str:
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
