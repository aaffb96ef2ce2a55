"""Which emulator answers a request: ministack what the hub is made of, moto the members and their organization.

| Asked for | By | Answered by |
|---|---|---|
| the services of `OF_THE_HUB` | the hub | ministack |
| STS AssumeRole of a member's responder | anyone | moto, behind the doors of `e2e.aws_server` |
| everything, in a session of a member's responder | anyone | moto, behind the same doors |
| everything | other accounts | moto, with `e2e.organizations` |
| everything else | the hub | likewise |
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

OF_THE_HUB = frozenset(
    {
        "cloudformation",
        "dynamodb",
        "events",
        "iam",
        "lambda",
        "logs",
        "monitoring",
        "s3",
        "secretsmanager",
        "sns",
        "sqs",
        "ssm",
        "sts",
    }
)
"""Services that are ministack's in the hub, by the name that requests are signed for."""

_OF_A_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
"""Headers that are about one connection (RFC 9110, section 7.6.1), or that the server sets itself."""


def goes_to_hub(service: str, account: str, hub: str, role: str, responder: str) -> bool:
    """Tell whether ministack answers an account's request, which may be one to assume a role."""
    return service in OF_THE_HUB and account == hub and not role.endswith(f"/{responder}")


def forwarded(environ: Mapping[str, Any], body: bytes, there: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """Send a request on as it was signed; return status line, headers and body of the answer."""
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    kept = {name: value for name, value in headers.items() if name.lower() not in _OF_A_HOP}
    connection = http.client.HTTPConnection(urlsplit(there).netloc, timeout=900)
    try:
        connection.request(environ["REQUEST_METHOD"], environ["RAW_URI"], body, kept)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    told = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OF_A_HOP]
    if environ["REQUEST_METHOD"] != "HEAD":
        told.append(("Content-Length", str(len(content))))
    else:
        told += [(name, value) for name, value in answer.getheaders() if name.lower() == "content-length"]
    return f"{answer.status} {answer.reason}", told, content
