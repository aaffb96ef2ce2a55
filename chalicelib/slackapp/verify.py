"""Prove that a request is Slack's, of now, and whole."""

from __future__ import annotations

import re
from typing import cast

from chalice.app import Request
from slack_sdk.signature import Clock, SignatureVerifier

from chalicelib.dataclass import dataclass
from chalicelib.errors import MalformedRequest, NotSigned

LIMIT = 64 * 1024
"""Bytes of a body: several times what Slack sends of the longest message that we post."""

WINDOW = 300
"""Seconds that a signature counts (docs.slack.dev, "Verifying requests from Slack")."""

_TIMESTAMP, _SIGNATURE = re.compile(r"[0-9]{1,12}"), re.compile(r"v0=[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _At(Clock):
    """The time that a signature is held against: seconds since 1970, UTC."""

    seconds: float

    def now(self) -> float:
        return self.seconds


def signed_body(request: Request, secret: str, now: float) -> bytes:
    """Return the body, which Slack has signed with the secret at most five minutes before or after `now`.

    What is signed is the body as it came, byte by byte, and its time; no header but these two proves anything.
    Raises NotSigned, also where there is no secret, and MalformedRequest. Neither quotes the request.
    """
    body = _raw(request)
    if len(body) > LIMIT:
        raise MalformedRequest(f"its body is larger than {LIMIT} bytes")
    if not secret.strip():
        raise NotSigned("no signing secret is configured")
    timestamp = _one(request, "x-slack-request-timestamp")
    signature = _one(request, "x-slack-signature")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise NotSigned("its time or its signature is none")
    if abs(now - int(timestamp)) > WINDOW:
        raise NotSigned(f"its time is more than {WINDOW} seconds off")
    try:
        valid = SignatureVerifier(secret, _At(now)).is_valid(body, timestamp, signature)
    except ValueError:  # a body that is no UTF-8
        valid = False
    if not valid:
        raise NotSigned("its signature is wrong")
    return body


def _raw(request: Request) -> bytes:
    """Return the body as it was sent: API Gateway hands over some as base64."""
    try:
        body = cast("bytes", request.raw_body)  # never text, whatever its annotation says
    except ValueError:
        raise MalformedRequest("its body is no base64") from None
    return body


def _one(request: Request, name: str) -> str:
    """Return a header that came exactly once. API Gateway tells of the last one only, and of all elsewhere."""
    event = request.to_original_event()
    last = [value for key, value in (event.get("headers") or {}).items() if key.lower() == name]
    every = [values for key, values in (event.get("multiValueHeaders") or {}).items() if key.lower() == name]
    if not last:
        raise NotSigned(f"it has no {name}")
    if len(last) > 1 or len(every) > 1 or any(values != last for values in every):
        raise NotSigned(f"it has more than one {name}")
    return str(last[0])
