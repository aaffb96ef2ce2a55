"""The forms that Slack shows where a decision needs words: why, how far, how long."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from chalicelib.decision import Action
from chalicelib.notify.buttons import action_id, value
from chalicelib.notify.escape import code
from chalicelib.notify.slack_parts import plain, section

if TYPE_CHECKING:
    from chalicelib.slackapp.clicks import Click

View: TypeAlias = dict[str, Any]

REASON, ALSO, UNTIL = "reason", "also", "until"
"""The inputs, each with one element of its own name."""

CONFIRM, FORCE = "confirm", "force"
UNTILS: Mapping[int, str] = {60: "for an hour", 1440: "for a day"}
"""Minutes that an incident may be snoozed for, and what they are called."""

REASON_LONGEST = 500
"""Characters of a reason."""

_SAYS: Mapping[Action, tuple[str, str]] = {
    Action.DENY: ("Deny", "What waits for approval is not done, and no longer asked for."),
    Action.UNDO: (
        "Undo",
        "What was changed is taken back, the last first, where it can be and is still as it was left.",
    ),
    Action.SNOOZE: ("Snooze", "Until then, only what must not wait is told."),
}
FORMS = frozenset(action.value for action in _SAYS)
"""The actions that need words."""

NEEDS_REASON = frozenset({Action.UNDO.value, Action.SNOOZE.value})


def form(click: Click) -> View:
    """Return the form of a decision that needs words; it keeps what the button carried until it is sent."""
    action = Action(click.action)
    title, says = _SAYS[action]
    kept = {
        "value": value(click.incident, click.digest),
        "channel": click.channel,
        "message": click.message,
        "response_url": click.response_url,
    }
    about = section(f"{code(click.incident, 200)}\n{says}")
    asked = [_reason(optional=click.action not in NEEDS_REASON)]
    asked += [_also()] if action is Action.UNDO else []
    asked += [_until()] if action is Action.SNOOZE else []
    return {
        "type": "modal",
        "callback_id": action_id(click.action),
        "title": plain(title),
        "submit": plain(title),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(kept, separators=(",", ":")),
        "blocks": [about, *asked],
    }


def _reason(*, optional: bool) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": REASON, "multiline": True, "max_length": REASON_LONGEST}
    return _input(REASON, "Why", element, optional=optional)


def _also() -> dict[str, Any]:
    options = [
        _option(CONFIRM, "also what should not be taken back lightly, as a leaked key"),
        _option(FORCE, "although it has changed since it was contained"),
    ]
    return _input(ALSO, "How far", {"type": "checkboxes", "action_id": ALSO, "options": options}, optional=True)


def _until() -> dict[str, Any]:
    options = [_option(str(minutes), said) for minutes, said in UNTILS.items()]
    element = {"type": "radio_buttons", "action_id": UNTIL, "options": options, "initial_option": options[0]}
    return _input(UNTIL, "How long", element, optional=False)


def _input(name: str, label: str, element: dict[str, Any], *, optional: bool) -> dict[str, Any]:
    return {"type": "input", "block_id": name, "label": plain(label), "optional": optional, "element": element}


def _option(value: str, text: str) -> dict[str, Any]:
    return {"value": value, "text": plain(text)}
