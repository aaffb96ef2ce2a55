"""AWS on a bad day: what a request may meet on its way there and back, and in which words AWS says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse

READS = ("Get", "List", "Describe", "BatchGet", "Head", "Lookup", "Query")
HUB = ("dynamodb.", "sts.", "sns.", "ssm.")
"""What our own account is called for: the ledger, credentials, notices, the kill switch."""


class Fault(StrEnum):
    """What happens to one call of ours, or from it on to every call of its operation until AWS is well again."""

    THROTTLED = "throttled for ever"
    THROTTLED_TWICE = "throttled twice"
    DENIED = "denied for ever"
    BROKEN = "internal error for ever"
    BROKEN_CALL = "internal error of one call"
    UNREACHABLE = "no connection for ever"
    SILENT = "one call times out before it is made"
    LOST = "answer lost once"
    ALL_LOST = "made, and every answer lost"
    STALE = "stale for two looks"
    STALE_LONG = "stale beyond the invocation"
    CONFLICT = "transaction conflict once"
    CONFLICTS = "transaction conflict for ever"
    OVERLOADED = "transaction throttled once"
    UNPROCESSED = "keys unprocessed twice"
    NO_KEY = "KMS refuses"


LASTING = frozenset(
    {Fault.THROTTLED, Fault.DENIED, Fault.BROKEN, Fault.UNREACHABLE, Fault.CONFLICTS, Fault.STALE_LONG, Fault.NO_KEY}
)
"""Faults of an operation, until AWS is well again; the others are of one call."""

ATTEMPTS = {Fault.THROTTLED_TWICE: 2, Fault.LOST: 1, Fault.CONFLICT: 1, Fault.OVERLOADED: 1}
"""How many attempts at one call meet its fault; where nothing is said, all of them."""

_TRANSACTION = {Fault.CONFLICT, Fault.CONFLICTS, Fault.OVERLOADED}
_STALE = {Fault.STALE, Fault.STALE_LONG}
_SINGLE = {"dynamodb.PutItem", "dynamodb.UpdateItem"}
_BATCH = {"dynamodb.BatchGetItem": "Keys", "dynamodb.BatchWriteItem": "Items"}
"""What takes many items, and what it calls those that it left over."""


def reads(operation: str) -> bool:
    """Return whether `service.Operation` changes nothing."""
    return operation.partition(".")[2].startswith(READS)


def faults(operation: str) -> list[Fault]:
    """Return what may happen to a call of `service.Operation`."""
    written = not reads(operation) and not operation.startswith(HUB)
    found = [fault for fault in Fault if fault not in {*_TRANSACTION, *_STALE, Fault.UNPROCESSED, Fault.NO_KEY}]
    found += [fault for fault in _STALE if written]
    found += [fault for fault in _TRANSACTION if operation == "dynamodb.TransactWriteItems"]
    found += [Fault.CONFLICT, Fault.CONFLICTS] if operation in _SINGLE else []
    found += [Fault.UNPROCESSED] if operation in _BATCH else []
    found += [Fault.NO_KEY] if operation == "sns.Publish" else []
    return sorted(found)


def code(fault: Fault, operation: str, protocol: str) -> tuple[str, int]:
    """Return the error code and the HTTP status by which a service says it ("Common errors" of its API reference)."""
    service = operation.partition(".")[0]
    if fault in _TRANSACTION:
        return "TransactionConflictException" if operation in _SINGLE else "TransactionCanceledException", 400
    if fault is Fault.NO_KEY:
        return "KMSAccessDenied", 400
    if fault in {Fault.THROTTLED, Fault.THROTTLED_TWICE}:
        own = {"ec2": ("RequestLimitExceeded", 503), "s3": ("SlowDown", 503)}
        return own.get(service, ("Throttling" if protocol == "query" else "ThrottlingException", 400))
    if fault is Fault.DENIED:
        own = {"ec2": ("UnauthorizedOperation", 403), "sns": ("AuthorizationError", 403)}
        return own.get(service, ("AccessDeniedException", 400) if protocol == "json" else ("AccessDenied", 403))
    return ("InternalError" if protocol in {"ec2", "rest-xml"} else "InternalFailure"), 500


def refusal(request: Any, fault: Fault, operation: str, protocol: str) -> tuple[str, AWSResponse]:
    """Return the words in which a service says so, and its answer, in its protocol."""
    said, status = code(fault, operation, protocol)
    if request.method == "HEAD":
        return str(status), response(request.url, status, {}, b"")
    headers = {"x-amzn-errortype": said} if protocol.endswith("json") else {}
    return said, response(request.url, status, headers, _body(request, fault, said, protocol))


def unprocessed(request: Any, operation: str) -> AWSResponse:
    """Return the answer of a batch of which nothing was processed."""
    told = {"Responses": {}, f"Unprocessed{_BATCH[operation]}": json.loads(request.body)["RequestItems"]}
    return response(request.url, 200, {}, json.dumps(told).encode())


def response(url: str, status: int, headers: Mapping[str, str], body: bytes) -> AWSResponse:
    """Return an answer as it comes off a connection."""
    return AWSResponse(url, status, dict(headers), _Raw(body))


def _body(request: Any, fault: Fault, said: str, protocol: str) -> bytes:
    message = "the lab says so"
    if said == "TransactionCanceledException":
        reason = "ThrottlingError" if fault is Fault.OVERLOADED else "TransactionConflict"
        others = [{"Code": "None"} for _ in json.loads(request.body)["TransactItems"][1:]]
        told = {"__type": said, "message": message, "CancellationReasons": [{"Code": reason}, *others]}
        return json.dumps(told).encode()
    if protocol.endswith("json"):
        return json.dumps({"__type": said, "message": message}).encode()
    error = f"<Error><Code>{said}</Code><Message>{message}</Message></Error>"
    if protocol == "ec2":
        return f"<Response><Errors>{error}</Errors><RequestID>lab</RequestID></Response>".encode()
    if protocol == "query":
        return f"<ErrorResponse>{error}<RequestId>lab</RequestId></ErrorResponse>".encode()
    return error.encode()


class _Raw(BytesIO):
    """A body as botocore takes it off a connection."""

    def stream(self, **_: Any) -> Any:
        yield self.read()
