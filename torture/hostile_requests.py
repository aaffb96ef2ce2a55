"""Requests to the Slack endpoint, as Slack sends them and as others do: bodies, proofs of them, and what they ask."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import quote_plus

from chalicelib.notify.buttons import action_id, value
from chalicelib.slackapp.verify import LIMIT
from torture.hostile_world import SIGNING

USER, URL = "U0123456789", "https://hooks.slack.com/actions/T0EXAMPLE/1/EXAMPLE-response-path"
TAMPERED = (
    "unsigned", "by another", "old", "to come", "body changed", "twice", "two spellings", "no time", "no header",
    "upper case", "of nothing", "base64 that is none",
)  # fmt: skip
BODIES = ("raw", "twice", "empty", "json", "huge", "latin", "extra")


def pressed(name: str, incident: str) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": USER},
        "container": {"type": "message", "message_ts": "1762137670.000100"},
        "trigger_id": "12466734323.1395872398.abcdef",
        "team": {"id": "T0EXAMPLE"},
        "channel": {"id": "C0EXAMPLE"},
        "response_url": URL,
        "actions": [{"action_id": action_id(name), "value": value(incident, ""), "action_ts": "1762137700.123456"}],
    }


def sent(name: str, incident: str) -> dict[str, Any]:
    kept = {"value": value(incident, ""), "channel": "C0EXAMPLE", "message": "1.2", "response_url": URL}
    values = {"reason": "our scanner", "also": [{"value": "force"}], "until": {"value": "60"}}
    state = {
        "reason": {"reason": {"value": values["reason"]}},
        "also": {"also": {"selected_options": values["also"]}},
        "until": {"until": {"selected_option": values["until"]}},
    }
    view = {
        "callback_id": action_id(name),
        "private_metadata": kept,
        "id": "V0X",
        "hash": "1.x",
        "state": {"values": state},
    }
    return {"type": "view_submission", "team": {"id": "T0EXAMPLE"}, "user": {"id": USER}, "view": view}


def request(payload: Any) -> dict[str, Any]:
    return {"payload": payload, "body": "form", "proof": "signed"}


def _body(asked: Any) -> bytes:
    payload = asked["payload"]
    view = payload.get("view") if isinstance(payload, dict) else None
    try:
        if isinstance(view, dict) and isinstance(view.get("private_metadata"), dict):
            payload = {**payload, "view": {**view, "private_metadata": json.dumps(view["private_metadata"])}}
        text = json.dumps(payload)
    except RecursionError:
        text = "[" * 100_000
    form = b"payload=" + quote_plus(text).encode()
    return {
        "raw": text.encode(),
        "twice": form + b"&" + form,
        "empty": b"",
        "json": b"payload={",
        "huge": form + b"&x=" + b"x" * LIMIT,
        "latin": b"payload=%ff\xff",
        "extra": form + b"&b=1&c=2&d=3&e=4",
    }.get(asked["body"], form)


def _signed(body: bytes, at: int, secret: str = SIGNING) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()


def sent_to_us(asked: Any) -> tuple[dict[str, Any], bool]:
    """Return the event of API Gateway, and whether Slack has signed it."""
    body, now, proof = _body(asked), int(time.time()), asked["proof"]
    at = {"old": now - 400, "to come": now + 400}.get(proof, now)
    mark = _signed(b"" if proof == "of nothing" else body, at, "another" if proof == "by another" else SIGNING)
    names: dict[str, list[str]] = {"x-slack-request-timestamp": [str(at)], "x-slack-signature": [mark]}
    names["content-type"] = ["application/x-www-form-urlencoded"]
    if proof in {"unsigned", "no header"}:
        del names["x-slack-signature"]
    elif proof == "twice":
        names["x-slack-signature"] = ["v0=" + "0" * 64, mark]
    elif proof == "two spellings":
        names["X-SLACK-Signature"] = ["v0=" + "0" * 64]
    elif proof == "no time":
        names["x-slack-request-timestamp"] = ["٣"]
    elif proof == "upper case":
        names["x-slack-signature"] = [mark.upper()]
    body = body + b"x" if proof == "body changed" else body
    coded = base64.b64encode(body).decode()
    coded = "%%%" if proof == "base64 that is none" else coded
    event = {
        "resource": "/slack",
        "path": "/slack",
        "httpMethod": "POST",
        "headers": {name: each[-1] for name, each in names.items()},
        "multiValueHeaders": names,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"httpMethod": "POST", "resourcePath": "/slack", "requestId": "r", "stage": "api"},
        "body": coded,
        "isBase64Encoded": True,
    }
    return event, proof not in TAMPERED and len(body) <= LIMIT
