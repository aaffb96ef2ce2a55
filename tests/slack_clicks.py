"""Clicks as Slack sends them: what it sends of a button and of a form, and how it signs that."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from chalicelib.notify.buttons import action_id, value

SECRET = "EXAMPLE-signing-secret"
TOKEN = "xoxb-EXAMPLE"
URL = "https://hooks.slack.com/actions/T0EXAMPLE/1/abc"
INCIDENT, DIGEST = "inc-0123456789abcdef", "0123456789abcdef0123456789abcdef"
USER = "U0123456789"


def pressed(action: str = "approve", incident: str = INCIDENT, digest: str = DIGEST, **more: Any) -> dict[str, Any]:
    """Return what Slack sends of a button under a message (docs.slack.dev, "block_actions payload")."""
    return {
        "type": "block_actions",
        "user": {"id": USER, "username": "jane", "team_id": "T0EXAMPLE"},
        "api_app_id": "A0EXAMPLE",
        "token": "deprecated",
        "container": {"type": "message", "message_ts": "1762137670.000100", "channel_id": "C0EXAMPLE"},
        "trigger_id": "12466734323.1395872398.abcdef",
        "team": {"id": "T0EXAMPLE", "domain": "example"},
        "channel": {"id": "C0EXAMPLE", "name": "security"},
        "message": {"type": "message", "ts": "1762137670.000100"},
        "response_url": URL,
        "actions": [
            {
                "type": "button",
                "action_id": action_id(action),
                "block_id": "buttons",
                "value": value(incident, digest),
                "action_ts": "1762137700.123456",
            }
        ],
        **more,
    }


def sent(view: Mapping[str, Any], values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return what Slack sends of a form that was filled in (docs.slack.dev, "view_submission payload")."""
    state = {name: {name: each} for name, each in values.items()}
    kept = {name: view[name] for name in ("type", "callback_id", "private_metadata")}
    return {
        "type": "view_submission",
        "team": {"id": "T0EXAMPLE"},
        "user": {"id": USER},
        "trigger_id": "1.2.x",
        "view": {**kept, "id": "V0EXAMPLE", "hash": "156772938.1827394", "state": {"values": state}},
        **more,
    }


def form(payload: Any) -> bytes:
    """Return the body of a request."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, secret: str = SECRET, ago: float = 0, **headers: str) -> dict[str, str]:
    """Return the headers of a request that Slack signed some seconds ago."""
    at = str(int(time.time() - ago))
    made = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": f"v0={made}",
        **headers,
    }


@dataclass
class PlayedSlack:
    """Slack's Web API and response URLs, played on this machine: what was asked, and what is answered."""

    url: str = ""
    answer: dict[str, Any] = field(default_factory=lambda: {"ok": True})
    status: int = 200
    asked: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def playing() -> Iterator[PlayedSlack]:
    played = PlayedSlack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            played.asked.append((self.path, json.loads(body) if body.startswith(b"{") else body.decode()))
            self.send_response(played.status)
            self.end_headers()
            self.wfile.write(json.dumps(played.answer).encode())

        do_GET = do_POST  # noqa: N815 - http.server's names

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    played.url = f"http://127.0.0.1:{server.server_port}"
    yield played
    server.shutdown()
    server.server_close()
