"""What somebody clicked in Slack, read from what Slack sends of it: all of it is checked, and bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.dataclass import dataclass
from chalicelib.decision import Action
from chalicelib.errors import MalformedRequest
from chalicelib.notify.buttons import DETAILS, action_of, value_of
from chalicelib.notify.escape import line
from chalicelib.slackapp.forms import ALSO, CONFIRM, FORCE, FORMS, REASON, REASON_LONGEST, UNTIL, UNTILS

ACTIONS = frozenset({*(action.value for action in Action), DETAILS})

USER = re.compile(r"[UW][A-Z0-9]{2,30}")
RESPONSE_URL = re.compile(r"https://hooks\.slack\.com/[A-Za-z0-9/_.-]{1,500}")
"""Where an answer to a click may go: to Slack, and nowhere else."""

_TEAM, _CHANNEL = re.compile(r"[TE][A-Z0-9]{2,30}"), re.compile(r"[CDG][A-Z0-9]{2,30}")
_TS = re.compile(r"[0-9]{1,11}\.[0-9]{1,9}")
_NAME = re.compile(r"[A-Za-z0-9._:-]{1,255}")


@dataclass(frozen=True, slots=True)
class Click:
    """One click, or one form that was sent. `once` is the same for the same click, however often it is delivered.

    `at` is ISO 8601, UTC; `trigger` opens a form for three seconds, and is empty where a form was sent.
    Source: docs.slack.dev, "block_actions payload", "view_submission payload".
    """

    action: str  # a value of Action, or `details`
    incident: str
    digest: str
    user: str
    team: str
    channel: str
    message: str  # the `ts` of the message that the button is under
    at: str
    once: str
    response_url: str = field(repr=False)
    trigger: str = field(default="", repr=False)
    form: bool = False
    reason: str = ""
    confirm: bool = False
    force: bool = False
    minutes: int = 0


def parse(body: bytes, now: datetime) -> Click | None:
    """Return the click of a request's form-encoded body; None where it is none of ours, and nothing is to be done.

    A button that only links somewhere is sent too, as is one of another version. Raises MalformedRequest.
    """
    payload = _payload(body)
    match payload.get("type"):
        case "block_actions":
            return _pressed(payload)
        case "view_submission":
            return _sent(payload, now)
    return None


def _payload(body: bytes) -> Mapping[str, Any]:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=4)
    except ValueError:
        raise MalformedRequest("its body is no form") from None
    if [name for name, _ in fields] != ["payload"]:
        raise MalformedRequest("its form is not one payload")
    return _json(fields[0][1], "payload")


def _pressed(payload: Mapping[str, Any]) -> Click | None:
    """Return the click on a button of a message."""
    actions = payload.get("actions")
    if not isinstance(actions, list) or len(actions) != 1 or not isinstance(actions[0], dict):
        raise MalformedRequest("its actions are not one")
    pressed = actions[0]
    named = pressed.get("action_id")
    action = action_of(named) if isinstance(named, str) else ""
    if action not in ACTIONS or _at(payload, "container", "type") != "message":
        return None
    incident, digest = _carried(pressed.get("value"))
    user, at = _text(payload, USER, "user", "id"), _text(pressed, _TS, "action_ts")
    message = _text(payload, _TS, "container", "message_ts")
    return Click(
        action=action,
        incident=incident,
        digest=digest,
        user=user,
        team=_team(payload),
        channel=_text(payload, _CHANNEL, "channel", "id"),
        message=message,
        at=datetime.fromtimestamp(float(at), UTC).isoformat(timespec="microseconds"),
        once=f"{user}|{at}|{message}|{action}",
        response_url=_text(payload, RESPONSE_URL, "response_url"),
        trigger=_text(payload, _NAME, "trigger_id"),
    )


def _sent(payload: Mapping[str, Any], now: datetime) -> Click | None:
    """Return the click that a form finishes: the form kept what the button had carried."""
    named = _at(payload, "view", "callback_id")
    action = action_of(named) if isinstance(named, str) else ""
    if action not in FORMS:
        return None
    kept = _json(_at(payload, "view", "private_metadata"), "view.private_metadata")
    incident, digest = _carried(kept.get("value"))
    user = _text(payload, USER, "user", "id")
    also = _options(payload)
    return Click(
        action=action,
        incident=incident,
        digest=digest,
        user=user,
        team=_team(payload),
        channel=_text(kept, _CHANNEL, "channel"),
        message=_text(kept, _TS, "message"),
        at=now.isoformat(timespec="microseconds"),
        once=f"{user}|{_text(payload, _NAME, 'view', 'id')}|{_text(payload, _NAME, 'view', 'hash')}",
        response_url=_text(kept, RESPONSE_URL, "response_url"),
        form=True,
        reason=_reason(payload),
        confirm=CONFIRM in also,
        force=FORCE in also,
        minutes=_minutes(payload) if action == Action.SNOOZE else 0,
    )


def _reason(payload: Mapping[str, Any]) -> str:
    said = _at(payload, "view", "state", "values", REASON, REASON, "value")
    if said is None:
        return ""
    if not isinstance(said, str) or len(said) > REASON_LONGEST:
        raise MalformedRequest("its reason is not as the form asks for it")
    return line(said, REASON_LONGEST)


def _options(payload: Mapping[str, Any]) -> set[str]:
    ticked = _at(payload, "view", "state", "values", ALSO, ALSO, "selected_options")
    values = [each.get("value") for each in ticked if isinstance(each, dict)] if isinstance(ticked, list) else []
    return {value for value in values if isinstance(value, str)}


def _minutes(payload: Mapping[str, Any]) -> int:
    chosen = _at(payload, "view", "state", "values", UNTIL, UNTIL, "selected_option", "value")
    minutes = {str(each): each for each in UNTILS}
    if not isinstance(chosen, str) or chosen not in minutes:
        raise MalformedRequest("its time is none of those that the form offers")
    return minutes[chosen]


def _team(payload: Mapping[str, Any]) -> str:
    """Return the workspace; "" where the app is installed for a whole organization of them."""
    return _text(payload, _TEAM, "team", "id") if payload.get("team") else ""


def _carried(value: Any) -> tuple[str, str]:
    try:
        return value_of(value if isinstance(value, str) else "")
    except ValueError as error:
        raise MalformedRequest(str(error)) from None


def _json(text: Any, name: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        raise MalformedRequest(f"{name} is no JSON") from None
    if not isinstance(found, dict):
        raise MalformedRequest(f"{name} is no JSON object")
    return found


def _text(within: Any, pattern: re.Pattern[str], *path: str) -> str:
    found = _at(within, *path)
    if not isinstance(found, str) or not pattern.fullmatch(found):
        raise MalformedRequest(f"{'.'.join(path)} is not as Slack sends it")
    return found


def _at(within: Any, *path: str) -> Any:
    for name in path:
        within = within.get(name) if isinstance(within, dict) else None
    return within
