"""Slack, played on this machine: the functions reach it as slack.com, through a proxy that leads nowhere else.

slack_sdk has no setting for another address, and takes a proxy from HTTPS_PROXY; so nothing of the product is changed.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from e2e.certificates import trusted
from lab.slack import Slack as Workspace
from lab.slack_server import call

HOSTS = ("slack.com", "www.slack.com", "hooks.slack.com")
TOKEN = "xoxb-EXAMPLE"
SIGNING_SECRET = "a-signing-secret-of-this-test"
WEBHOOK = "https://hooks.slack.com/services/EXAMPLE"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of Slack's, given after so many seconds."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0


BUSY = Answer(429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "20"})
BROKEN = Answer(500, "Internal Server Error")
SLOW = Answer(seconds=6)
"""Slower than the product waits."""

_WELCOME = Answer(
    body='{"ok": true, "user": "countermeasure", "team": "Example"}', headers={"X-OAuth-Scopes": "chat:write"}
)


@dataclass(slots=True)
class Slack:
    """A workspace. `answers` are given once each, to the first message in which their word is; `heard` is what came.

    Everything else it takes.
    """

    proxy: str = ""
    authority: Path = Path()
    answers: dict[str, Answer] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    workspace: Workspace = field(default_factory=lambda: Workspace(clock=time.time))

    def environment(self) -> dict[str, str]:
        """Return what a function needs in its environment to take this for Slack."""
        return {"HTTPS_PROXY": self.proxy, "SSL_CERT_FILE": str(self.authority)}

    def answer(self, path: str, token: str, body: bytes) -> Answer:
        """Take one message, as the Web API or as an incoming webhook; or say what was said, if that is asked."""
        method = path.rpartition("/")[2]
        if method == "auth.test":
            return _WELCOME if token == f"Bearer {TOKEN}" else Answer(body='{"ok": false, "error": "invalid_auth"}')
        if method.startswith("conversations."):
            return Answer(body=json.dumps(call(self.workspace, method, dict(parse_qsl(body.decode())))))
        said = body.decode()
        planned = next((self.answers.pop(word) for word in [*self.answers] if word in said), Answer())
        message = json.loads(said)
        self.heard.append({"at": time.time(), "path": path, "token": token, "message": message})
        if planned.body:
            return planned
        by_web_api = path.startswith("/api/")
        text = json.dumps(call(self.workspace, method, message)) if by_web_api else "ok"
        return Answer(planned.status, text, planned.headers, planned.seconds)

    def posts(self, incident: str) -> list[dict[str, Any]]:
        """Return every try to post a message about an incident, by the Web API or by a webhook."""
        tries = [each for each in self.heard if each["path"].startswith(("/api/chat.postMessage", "/services/"))]
        return [each for each in tries if incident and incident in json.dumps(each["message"])]


@contextmanager
def open_slack(folder: Path) -> Iterator[Slack]:
    """Play Slack until the end of the block."""
    context, authority = trusted(HOSTS, folder)
    slack = Slack(authority=authority)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _proxy(slack, context))
    server.daemon_threads = True
    slack.proxy = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()


def _proxy(slack: Slack, context: ssl.SSLContext) -> type[BaseHTTPRequestHandler]:
    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = slack.answer(self.path, self.headers.get("Authorization", ""), body)
            time.sleep(answer.seconds)
            try:
                self.send_response(answer.status)
                for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body.encode())
            except (BrokenPipeError, ssl.SSLError):
                self.close_connection = True  # who asked did not wait

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            host = self.path.partition(":")[0]
            if host not in HOSTS:
                self.send_error(403)
                return
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            with context.wrap_socket(self.connection, server_side=True) as secured:
                Api(secured, self.client_address, self.server)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Proxy
