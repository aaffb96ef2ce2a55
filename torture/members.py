"""The embedded AWS in a process of its own, with Slack beside it: what it remembers is none of the engine's memory.

A process that calls `connected` has its AWS requests answered there, one at a time.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from multiprocessing.connection import Connection, wait
from typing import Any
from unittest.mock import patch

import boto3
import botocore.loaders
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from chalicelib.organization import Organization
from torture.dynamodb import NEAR

Answer = Callable[..., Any]

_SEND = URLLib3Session.send
_loader = botocore.loaders.create_loader()


class Line:
    """One process's way to the embedded AWS."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, what: str, *arguments: Any) -> Any:
        """Have something done there; return what comes of it. Raises RuntimeError with what went wrong."""
        self._connection.send((what, arguments))
        fine, answer = self._connection.recv()
        if not fine:
            raise RuntimeError(f"{what}: {answer}")
        return answer

    def organization(self) -> Organization:
        found: Organization = self.ask("organization")
        return found

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """Stand where a Slack client is: its methods are asked of the workspace over there."""
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda **arguments: self.ask("slack", method, arguments)


@contextmanager
def running(lines: int) -> Iterator[Sequence[Connection]]:
    """Run it, for so many processes; give the end of the line for each. Afterwards it is gone."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(lines)]
    process = context.Process(target=_serve, args=([there for _, there in pairs],), daemon=True)
    process.start()
    try:
        yield [here for here, _ in pairs]
    finally:
        process.terminate()
        process.join()


@contextmanager
def connected(line: Line) -> Iterator[Callable[[str], Any]]:
    """Have this process's AWS requests answered over there; give the hub's clients by service."""
    keys = line.ask("keys")

    def send(_: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        if request.url.startswith(NEAR):
            return _SEND(_, request)
        headers = {name: _text(value) for name, value in request.headers.items()}
        status, said, body = line.ask("http", request.method, request.url, headers, request.body)
        return AWSResponse(request.url, status, said, _Raw(body))

    clean = {"AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1"}
    with (
        patch.dict(os.environ, clean),
        patch.object(botocore.session, "create_loader", lambda *_: _loader),
        patch.object(URLLib3Session, "send", send),
    ):
        session = boto3.Session(*keys[:3], region_name="us-east-1")
        made: dict[str, Any] = {}
        yield lambda service: made[service] if service in made else made.setdefault(service, session.client(service))


def _serve(connections: Sequence[Connection]) -> None:
    from lab.organization import embedded  # noqa: PLC0415 - moto is for this process alone
    from torture.members_made import answers  # noqa: PLC0415

    with embedded() as lab:
        known: Mapping[str, Answer] = answers(lab)
        open_ = list(connections)
        while open_:
            for ready in wait(open_):
                assert isinstance(ready, Connection)
                try:
                    what, arguments = ready.recv()
                except EOFError:
                    open_.remove(ready)
                    continue
                try:
                    ready.send((True, known[what](*arguments)))
                except Exception as error:  # noqa: BLE001 - whoever asked is told
                    ready.send((False, f"{type(error).__name__}: {error}"))


class _Raw(BytesIO):
    """A body as botocore takes it off a connection."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
