"""What waits in the dead-letter queues: read without taking it off, and held for as long as somebody works on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.patterns import HEARTBEAT
from cli.deployed import Deployed
from infrastructure.names import FUNCTIONS, named

HIDE_SECONDS = 900
"""How long a dead letter is hidden from others while it is replayed: as long as a function may run."""

WAIT_SECONDS = 1
"""How long an empty queue is waited for: without a wait, SQS asks only some of its servers (short polling)."""

AT_ONCE = 8
"""How many queues are read at once."""

MOST = 1000
"""The most letters of one queue that are taken at once."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a dead-letter queue. `event` is None where it holds none, `body` is the message as it is.

    `by` is who gave up, Lambda or EventBridge; `why` and `tries` are what it says of that, `seen` how often the letter
    was read. `receipt` lets it be taken off the queue.
    """

    function: str
    id: str
    at: str
    event: Mapping[str, Any] | None
    why: str
    receipt: str
    body: str = ""
    by: str = ""
    tries: int = 0
    seen: int = 0
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_heartbeat(self) -> bool:
        return bool(self.event) and (self.event or {}).get("source") == HEARTBEAT


@contextmanager
def held(to: Deployed, functions: Sequence[str] = FUNCTIONS) -> Iterator[list[Letter]]:
    """Give what waits in the dead-letter queues, hidden from others; what is still in the list afterwards is shown
    to them again at once, whatever happened. Who takes a letter off its queue takes it out of the list.
    """
    found: list[Letter] = []
    to.client("sqs")  # made once, here: two threads that make clients of one session at once trip over each other
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(lambda function: _read(to, function, found), functions):
                pass
        found.sort(key=lambda letter: (functions.index(letter.function), letter.at))
        yield found
    finally:
        for letter in found:
            to.client("sqs").change_message_visibility(
                QueueUrl=queue(to, letter.function), ReceiptHandle=letter.receipt, VisibilityTimeout=0
            )


def queue(to: Deployed, function: str) -> str:
    """Return the URL of a function's dead-letter queue, "" where it has none."""
    sqs = to.client("sqs")
    try:
        return str(sqs.get_queue_url(QueueName=named(to.stage, function))["QueueUrl"])
    except ClientError as error:
        if "NonExistentQueue" not in error.response["Error"]["Code"]:
            raise
        return ""


def take_off(to: Deployed, letter: Letter) -> None:
    """Take a letter off its queue, for good."""
    to.client("sqs").delete_message(QueueUrl=queue(to, letter.function), ReceiptHandle=letter.receipt)


def _read(to: Deployed, function: str, found: list[Letter]) -> None:
    """Read a queue to its end, and put each letter into the list at once: who reads it hides it from others."""
    sqs, url = to.client("sqs"), queue(to, function)
    seen = 0
    while url and seen < MOST and (batch := _received(sqs, url)):
        seen += len(batch)
        found.extend([_letter(function, message) for message in batch])


def _received(sqs: Any, url: str) -> Sequence[Mapping[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=HIDE_SECONDS,
        WaitTimeSeconds=WAIT_SECONDS,
        MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
        MessageAttributeNames=["All"],
    )
    found: Sequence[Mapping[str, Any]] = answer.get("Messages", [])
    return found


def _letter(function: str, message: Mapping[str, Any]) -> Letter:
    """Return a message as EventBridge or Lambda wrote it: an on-failure record holds the event as `requestPayload`.

    Sources: EventBridge user guide, "Using dead-letter queues"; Lambda developer guide, "Capturing records of Lambda
    asynchronous invocations".
    """
    attributes = message.get("Attributes", {})
    at = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC).isoformat(timespec="seconds")
    told = {name: str(each.get("StringValue", "")) for name, each in message.get("MessageAttributes", {}).items()}
    why = ": ".join(
        filter(None, (_first(told, "ERROR_CODE", "ErrorCode"), _first(told, "ERROR_MESSAGE", "ErrorMessage")))
    )
    by, tries = ("EventBridge", _first(told, "RETRY_ATTEMPTS")) if "RULE_ARN" in told else ("", "")
    try:
        body = json.loads(message["Body"])
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and "requestPayload" in body:
        context = body["requestContext"] if isinstance(body.get("requestContext"), dict) else {}
        answered = body.get("responsePayload")
        why = str(answered.get("errorMessage", "")) if isinstance(answered, dict) else why
        why = why or str(context.get("condition", ""))
        by, tries = "Lambda", str(context.get("approximateInvokeCount", ""))
        body = body["requestPayload"]
    return Letter(
        function=function,
        id=message["MessageId"],
        at=at,
        event=body if isinstance(body, dict) else None,
        why=why or "no reason given",
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        by=by,
        tries=int(tries) if tries.isdecimal() and len(tries) < 10 else 0,
        seen=int(attributes.get("ApproximateReceiveCount", 1)),
        told=told,
    )


def _first(told: Mapping[str, str], *names: str) -> str:
    return next((told[name] for name in names if told.get(name)), "")
