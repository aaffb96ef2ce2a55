"""A DynamoDB in a process of its own: ministack's, which carries out one request after the other, each as a whole.

It is installed on first use, into an environment of its own, as for the end-to-end test.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from e2e.emulators import _environment, _start, _stop, _wait, free_port
from lab import organization
from lab.organization import HUB

NEAR = "http://127.0.0.1:"
_SEND = URLLib3Session.send


@contextmanager
def running() -> Iterator[str]:
    """Run it on a free port of this machine only; give its address. Afterwards it is gone."""
    python, port = _environment("ministack"), free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PYTHON"))}
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "dynamodb", "MINISTACK_ACCOUNT_ID": HUB}
    with tempfile.TemporaryDirectory() as work:
        log = Path(work) / "ministack.log"
        quiet = {**own, "TMPDIR": work, "LOG_LEVEL": "ERROR"}
        process = _start([python, "-c", "from ministack.app import main; main()"], {**clean, **quiet}, log)
        try:
            _wait(f"{NEAR}{port}/_ministack/health", process, log)
            yield f"{NEAR}{port}"
        finally:
            _stop(process)


def made(endpoint: str, table: str) -> Any:
    """Return a client of it, with an empty table for the ledger. Where moto stands in for AWS, this does go out."""
    client = reached(endpoint)
    with suppress(ClientError):
        client.delete_table(TableName=table)

    def create(**asked: Any) -> Any:
        return client.create_table(**{**asked, "TableName": table})

    organization._make_ledger(SimpleNamespace(create_table=create))
    return client


def reached(endpoint: str) -> Any:
    """Return a client of it."""
    session = boto3.Session(HUB, "test", region_name="us-east-1")
    retries = Config(retries={"total_max_attempts": 2}, max_pool_connections=64)
    client = session.client("dynamodb", endpoint_url=endpoint, config=retries)
    client._endpoint.http_session = _Out(URLLib3Session(max_pool_connections=64))
    return client


def fill(client: Any, table: str, items: Sequence[dict[str, Any]]) -> None:
    """Put items into the table, 25 at a time (BatchWriteItem)."""
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        client.batch_write_item(RequestItems={table: puts})


class _Out:
    """Sends requests out, although botocore's own way is closed while AWS is embedded."""

    def __init__(self, session: URLLib3Session) -> None:
        self._session = session

    def send(self, request: AWSPreparedRequest) -> Any:
        return _SEND(self._session, request)
