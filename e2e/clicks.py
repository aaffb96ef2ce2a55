"""What people click in Slack: a button of a message that was posted, signed and sent as Slack sends it.

Sources: docs.slack.dev, "block_actions payload", "Verifying requests from Slack"; AWS names an API by the first label
of its host (API Gateway developer guide, "Invoke URL").
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.notify.buttons import action_of

RESPONSE_URL = "https://hooks.slack.com/actions/T0EXAMPLE/1/EXAMPLE"
"""Where an answer goes that only the person who clicked sees."""


def buttons(message: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the buttons under a message by what they do."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return {action_of(button["action_id"]): button for row in rows for button in row}


def pressed(message: Mapping[str, Any], action: str, user: str) -> bytes:
    """Return the body of the request that Slack makes of a person's click on a button."""
    button = buttons(message)[action]
    payload = {
        "type": "block_actions",
        "user": {"id": user, "username": "somebody", "team_id": "T0EXAMPLE"},
        "team": {"id": "T0EXAMPLE", "domain": "example"},
        "channel": {"id": message["channel"], "name": "security"},
        "container": {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"]},
        "message": {"type": "message", "ts": message["ts"]},
        "trigger_id": "1.2.EXAMPLE",
        "response_url": RESPONSE_URL,
        "actions": [{**button, "block_id": "buttons", "action_ts": f"{time.time():.6f}"}],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of a request that is signed now."""
    at = str(int(time.time()))
    made = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={made}",
    }


def sent(emulator: str, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, float]:
    """Send a request to the address that the stack gave out; return the HTTP status, and the seconds that it took.

    The emulator knows an API by its id in a path, where AWS has a host for each.
    """
    address = urlsplit(url)
    api, _, _ = (address.hostname or "").partition(".")
    connection = http.client.HTTPConnection(urlsplit(emulator).netloc, timeout=60)
    began = time.perf_counter()
    try:
        connection.request("POST", f"/_aws/execute-api/{api}{address.path}", body, dict(headers))
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer.status, time.perf_counter() - began
