"""The events that functions could not answer: list what waits in the dead-letter queues, and send it once more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer
from botocore.exceptions import ClientError

from chalicelib.errors import CountermeasureError
from chalicelib.model import Mode
from cli.deployed import Deployed
from cli.remote import Sent, Wishes, ask, route, send, show
from cli.show import plain
from infrastructure.names import DECIDE, FUNCTIONS, named

HIDE_SECONDS = 900
"""How long a dead letter is hidden from others while it is replayed: as long as a function may run."""

MOST = 1000
"""The most letters of one queue that are taken at once."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a dead-letter queue. `why` is what AWS says of it, `receipt` lets it be taken off the queue."""

    function: str
    id: str
    at: str
    event: Mapping[str, Any] | None
    why: str
    receipt: str


def letters(to: Deployed, functions: Sequence[str] = FUNCTIONS, hide: int = HIDE_SECONDS) -> Iterator[Letter]:
    """Yield what waits in the dead-letter queues; each is hidden from others for `hide` seconds."""
    sqs = to.client("sqs")
    for function in functions:
        url = queue(to, function)
        seen = 0
        while url and seen < MOST and (batch := _received(sqs, url, hide)):
            seen += len(batch)
            yield from (_letter(function, message) for message in batch)


def queue(to: Deployed, function: str) -> str:
    """Return the URL of a function's dead-letter queue, "" where it has none."""
    sqs = to.client("sqs")
    try:
        return str(sqs.get_queue_url(QueueName=named(to.stage, function))["QueueUrl"])
    except ClientError as error:
        if "NonExistentQueue" not in error.response["Error"]["Code"]:
            raise
        return ""


def list_letters(to: Deployed, function: str, wishes: Wishes) -> int:
    """Print what waits in the dead-letter queues, which stays there; return 0."""
    found = list(letters(to, _chosen(function)))
    for letter in found:
        _release(to, letter)
        told = {"function": letter.function, "id": letter.id, "at": letter.at, "why": letter.why, "event": letter.event}
        typer.echo(json.dumps(told) if wishes.as_json else _line(letter))
    if not found and not wishes.as_json:
        typer.echo("No event waits.")
    return 0


def replay_letters(to: Deployed, function: str, wishes: Wishes) -> int:
    """Send every dead letter to its function again. What was answered is taken off its queue, if more than shown.

    Returns 0, or 1 when one was not answered: it stays.
    """
    found = list(letters(to, _chosen(function)))
    kept = {letter.id for letter in found}
    bad = 0
    try:
        routed = [(letter, _addressed(letter)) for letter in found]
        ask(to, [sent for _, sent in routed], wishes)
        for letter, sent in routed:
            done = sent if sent.problem else send(to, sent, letter.event, wishes.mode)
            show(done, wishes)
            bad += bool(done.problem)
            if not done.problem and wishes.mode > Mode.OBSERVE:
                to.client("sqs").delete_message(QueueUrl=queue(to, letter.function), ReceiptHandle=letter.receipt)
                kept.discard(letter.id)
    finally:
        for letter in found:
            if letter.id in kept:
                _release(to, letter)
    if not found and not wishes.as_json:
        typer.echo("No event waits.")
    return 1 if bad else 0


def _chosen(function: str) -> tuple[str, ...]:
    """Return the function that was named, or all. Raises CountermeasureError."""
    if function and function not in FUNCTIONS:
        raise CountermeasureError(f"there is no function {function!r}; use one of {', '.join(FUNCTIONS)}")
    return (function,) if function else FUNCTIONS


def _addressed(letter: Letter) -> Sent:
    """Return where a letter goes: back to the function that could not answer it."""
    if letter.event is None:
        return Sent(letter.id, letter.function, problem="not an event", malformed=True)
    if letter.function == DECIDE:
        return Sent(letter.id, letter.function, problem="a decision is not sent again: decide anew, in Slack or here")
    return Sent(letter.id, letter.function, accounts=route(letter.id, letter.event).accounts)


def _line(letter: Letter) -> str:
    event = letter.event or {}
    what = f"{plain(str(event.get('detail-type', 'not an event')))} {plain(str(event.get('account', '')))}"
    return f"{letter.at}  {letter.function}  {letter.id}  {what}: {plain(letter.why)}"


def _received(sqs: Any, url: str, hide: int) -> Sequence[Mapping[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=hide,
        WaitTimeSeconds=1,
        MessageSystemAttributeNames=["SentTimestamp"],
        MessageAttributeNames=["All"],
    )
    found: Sequence[Mapping[str, Any]] = answer.get("Messages", [])
    return found


def _letter(function: str, message: Mapping[str, Any]) -> Letter:
    """Return a message as EventBridge or Lambda wrote it: an on-failure record holds the event as `requestPayload`.

    Sources: EventBridge user guide, "Using dead-letter queues"; Lambda developer guide, "Capturing records of Lambda
    asynchronous invocations".
    """
    at = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC).isoformat(timespec="seconds")
    told = {name: each.get("StringValue", "") for name, each in message.get("MessageAttributes", {}).items()}
    why = ": ".join(filter(None, (told.get("ERROR_CODE") or told.get("ErrorCode"), _said(told))))
    try:
        body = json.loads(message["Body"])
    except ValueError:
        body = None
    if isinstance(body, dict) and "requestPayload" in body:
        answered = body.get("responsePayload")
        why = str(answered.get("errorMessage", "")) if isinstance(answered, dict) else why
        why = why or str((body.get("requestContext") or {}).get("condition", ""))
        body = body["requestPayload"]
    event = body if isinstance(body, dict) else None
    return Letter(function, message["MessageId"], at, event, why or "no reason given", message["ReceiptHandle"])


def _said(told: Mapping[str, str]) -> str:
    return told.get("ERROR_MESSAGE") or told.get("ErrorMessage") or ""


def _release(to: Deployed, letter: Letter) -> None:
    """Let others see a dead letter again at once."""
    to.client("sqs").change_message_visibility(
        QueueUrl=queue(to, letter.function), ReceiptHandle=letter.receipt, VisibilityTimeout=0
    )
