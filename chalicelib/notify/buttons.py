"""The buttons under a message: what each is called in Slack, and what it carries back to us."""

from __future__ import annotations

import re

PREFIX = "countermeasure."
DETAILS = "details"
"""The one button that decides nothing; the others are values of `Action`."""

_VALUE = re.compile(r"(?P<incident>[A-Za-z0-9#._:-]{1,128})\|(?P<digest>[0-9a-f]{0,64})")


def action_id(action: str) -> str:
    """Return the `action_id` of a button."""
    return f"{PREFIX}{action.replace(' ', '_')}"


def action_of(action_id: str) -> str:
    """Return the action of an `action_id`; "" where it is none of ours."""
    return action_id.removeprefix(PREFIX).replace("_", " ") if action_id.startswith(PREFIX) else ""


def value(incident: str, digest: str) -> str:
    """Return what a button carries: the incident, and the digest of what was shown beside it."""
    return f"{incident}|{digest}"


def value_of(text: str) -> tuple[str, str]:
    """Return the incident and the digest that a button carried. Raises ValueError."""
    found = _VALUE.fullmatch(text)
    if found is None:
        raise ValueError("a button carried what no button of ours carries")
    return found["incident"], found["digest"]
