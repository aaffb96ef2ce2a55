"""What every AWS request goes through: it is written down, takes its time, and meets other transactions in flight.

DynamoDB cancels a transaction that meets another one on the same item (TransactionConflict), and carries out each
request as a whole (developer guide, "Transaction conflict handling"). The embedded AWS does neither under threads by
itself: here it does both.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import BotocoreStubber

from torture.turns import Turns

READS = ("Get", "List", "Describe", "BatchGet", "Head", "Lookup", "Query")
IN_FLIGHT = (0.003, 0.03)
"""Seconds that a transaction takes within DynamoDB."""

_TRANSACTION = "dynamodb.TransactWriteItems"
_OURS = ("dynamodb", "sts", "sns", "sqs", "ssm")


@dataclass(frozen=True, slots=True)
class Request:
    """One request that AWS carried out: `ec2.RevokeSecurityGroupIngress`, and all that was sent with it, as text."""

    operation: str
    text: str

    @property
    def writes(self) -> bool:
        """Whether it changes something in a member account."""
        service, name = self.operation.split(".")
        return service not in _OURS and not name.startswith(READS)


@dataclass(slots=True)
class Wire:
    """What went over the wire, and which items are in a transaction right now."""

    seen: list[Request] = field(default_factory=list)
    conflicts: int = 0
    _busy: Counter[str] = field(default_factory=Counter)

    def writes(self) -> Counter[str]:
        """Return how often each operation changed something in a member account."""
        return Counter(request.operation for request in self.seen if request.writes)

    def carry(self, name: str, request: Any, turns: Turns, send: Callable[[], Any]) -> Any:
        """Carry one request there and back, each way at the pace of its thread; `send` has AWS answer it."""
        operation = name.removeprefix("before-send.")
        turns.leg()
        answer = self._done(operation, request, turns, send)
        self.note(operation, request, answer)
        turns.leg()
        return answer

    def _done(self, operation: str, request: Any, turns: Turns, send: Callable[[], Any]) -> Any:
        if operation.startswith("dynamodb."):
            _refuse_unused(json.loads(_text(request)))
        keys = _keys(operation, request)
        met = [self._busy[key] > 0 for key in keys]
        if any(met):
            self.conflicts += 1
            return _conflict(request.url, operation, met)
        if operation != _TRANSACTION:
            return send()
        self._busy.update(keys)
        try:
            turns.sleep(turns.random.uniform(*IN_FLIGHT))
            return send()
        finally:
            self._busy.subtract(keys)

    def note(self, operation: str, request: Any, answer: Any) -> None:
        """Write down what AWS carried out."""
        if answer is not None and answer.status_code < 300:
            self.seen.append(Request(operation, unquote(f"{request.url} {_text(request)}")))


@contextmanager
def turned(turns: Turns, wire: Wire) -> Iterator[None]:
    """Have the requests of threads that take turns go over the wire; those of others go straight to moto."""
    straight: Callable[..., Any] = BotocoreStubber.__call__

    def answer(stubber: Any, event_name: str, request: Any, **more: Any) -> Any:
        def send() -> Any:
            return straight(stubber, event_name, request, **more)

        return wire.carry(event_name, request, turns, send) if turns.taken else send()

    with patch.object(BotocoreStubber, "__call__", answer):
        yield


def _keys(operation: str, request: Any) -> Sequence[str]:
    """Return the items that a request writes, in order, where it may meet a transaction in flight."""
    if operation == _TRANSACTION:
        return [_key(write) for item in json.loads(_text(request))["TransactItems"] for write in item.values()]
    return [_key(json.loads(_text(request)))] if operation in {"dynamodb.UpdateItem", "dynamodb.PutItem"} else []


def _refuse_unused(asked: Any) -> None:
    """Raise ValueError where a request gives a value that no expression names: DynamoDB refuses that, moto does not."""
    if isinstance(asked, Mapping):
        values = asked.get("ExpressionAttributeValues", {})
        named = " ".join(str(text) for name, text in asked.items() if name.endswith("Expression"))
        if unused := set(values) - set(re.findall(r":\w+", named)):
            raise ValueError(f"values unused in expressions: {', '.join(sorted(unused))}")
    inner = asked.values() if isinstance(asked, Mapping) else asked if isinstance(asked, list) else ()
    for each in inner:
        _refuse_unused(each)


def _key(write: Mapping[str, Any]) -> str:
    item = write.get("Key") or write["Item"]
    return f"{item['pk']['S']} {item['sk']['S']}"


def _text(request: Any) -> str:
    body = request.body or b""
    return body.decode(errors="replace") if isinstance(body, bytes) else str(body)


def _conflict(url: str, operation: str, met: Sequence[bool]) -> AWSResponse:
    """Return what DynamoDB answers where a request meets a transaction in flight (API reference, errors)."""
    reasons = [{"Code": "TransactionConflict" if each else "None"} for each in met]
    transaction = operation == _TRANSACTION
    kind = "TransactionCanceledException" if transaction else "TransactionConflictException"
    body = {
        "__type": f"com.amazonaws.dynamodb.v20120810#{kind}",
        "message": f"Transaction cancelled [{', '.join(reason['Code'] for reason in reasons)}]",
        **({"CancellationReasons": reasons} if transaction else {}),
    }
    raw = _Raw(json.dumps(body).encode())
    return AWSResponse(url, 400, {"Content-Type": "application/x-amz-json-1.0"}, raw)


class _Raw(BytesIO):
    """A body as botocore takes it off a connection."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
