"""The workspace behind Slack's Web API over HTTP, on this machine, with the faults that a network and Slack have."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.errors import SlackApiError

from lab.slack import Slack

METHODS: Mapping[str, str] = {
    "chat.postMessage": "chat_postMessage",
    "chat.update": "chat_update",
    "conversations.open": "conversations_open",
    "conversations.history": "conversations_history",
    "conversations.replies": "conversations_replies",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes wrong with one request, if anything: it is `taken` or not, and then answered in this way.

    `silent` seconds without an answer end in a closed connection; `error` is Slack's word for a refusal.
    """

    taken: bool = True
    status: int = 200
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: float | None = None


FINE = Answer()


def call(workspace: Slack, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Have the workspace answer one method of the Web API, refusals included."""
    if method not in METHODS:
        return {"ok": False, "error": "unknown_method"}
    try:
        answer: dict[str, Any] = getattr(workspace, METHODS[method])(**arguments)
    except SlackApiError as error:
        return {"ok": False, "error": error.response["error"]}
    return answer


def arguments_of(content_type: str, body: bytes) -> dict[str, Any]:
    """Return what a request asks for: slack_sdk sends messages as JSON, and questions as a form."""
    if content_type.startswith("application/json"):
        told: dict[str, Any] = json.loads(body)
        return told
    return dict(parse_qsl(body.decode()))


@contextmanager
def served(workspace: Slack, fault: Callable[[str, Mapping[str, Any]], Answer]) -> Iterator[str]:
    """Serve the workspace until the end of the block; give the `base_url` for a client of slack_sdk.

    `fault` is asked of every request, by its method and arguments, what is to become of it.
    """
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = arguments_of(self.headers["Content-Type"], body)
            method = self.path.rpartition("/")[2]
            with lock:
                planned = fault(method, asked)
                said = call(workspace, method, asked) if planned.taken else {}
                said = {"ok": False, "error": planned.error} if planned.error else said
            if planned.silent is not None:
                time.sleep(planned.silent)
                self.close_connection = True
                return
            failed = planned.status >= 500
            self._say(planned, b"<html>oops</html>" if failed else json.dumps(said).encode())

        def _say(self, planned: Answer, text: bytes) -> None:
            try:
                self.send_response(planned.status)
                for name, value in {**planned.headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # who asked did not wait

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/"
    finally:
        server.shutdown()
        server.server_close()
