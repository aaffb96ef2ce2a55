"""How AWS refuses a request, in the form of the service that is asked. It runs in the emulators' environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Start = Callable[..., Any]


def refuse(start: Start, status: str, code: str, message: str) -> list[bytes]:
    """Answer as the query services do: EC2 and STS."""
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    start(f"{status} Refused", [("Content-Type", "text/xml")])
    return [f"<ErrorResponse><Errors>{error}</Errors>{error}<RequestId>e2e</RequestId></ErrorResponse>".encode()]


def refuse_in_json(start: Start, code: str, message: str) -> list[bytes]:
    """Answer as the JSON services do: EventBridge and SQS."""
    start("400 Refused", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": code, "message": message}).encode()]
