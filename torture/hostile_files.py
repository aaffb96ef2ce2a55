"""Hostile files: what people hand to the command as events, and organization.toml."""

from __future__ import annotations

import functools
import gzip
import io
import json
from collections.abc import Callable
from random import Random
from typing import Any

from chalicelib.errors import InvalidOrganization, MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.organization import file as organization
from cli import intake
from torture.hostile_loop import Broken, Target
from torture.hostile_reading import one_line
from torture.hostile_seeds import ROOT, seeds
from torture.hostile_values import TEXTS, mutated, spliced

_KEPT = "ssm-EXAMPLE-the-value-itself"

_FULL = """[organization]
id = "o-exampleorgid"
hub = "222222222222"
external_id = "ssm:/x"
[environments.prod]
mode = "approve"
approvers = ["U0123456789", "arn:aws:iam::222222222222:role/on-call"]
approvals = 2
accounts = ["111122223333"]
[accounts]
222222222222 = { name = "security", environment = "prod" }
[regions]
governed = ["us-east-1", "eu-west-1"]
[protected]
principals = ["arn:aws:iam::*:role/break-glass"]
tags = { keep = "*" }
resources = ["prod-db-*"]
[rules."signin.root_login"]
mode = "observe"
environments = { prod = "approve" }
[break_glass]
principals = ["arn:aws:iam::*:role/break-glass"]
[[break_glass.windows]]
environment = "prod"
from = 2026-08-01T22:00:00+02:00
until = 2026-08-02T04:00:00+02:00
reason = "database migration"
owner = "jane@example.com"
[budgets]
rule = 5
[approvals]
minutes = 60
[people]
"jane" = "U0123456789"
[notify]
slack_channel = "C0123456789"
slack_secret = "secretsmanager:slack"
[[exemptions]]
rule = "config.*"
reason = "our scanner"
owner = "jane@example.com"
until = 2026-12-01
resource = "i-0123456789abcdef0"
"""

_LITERALS = (
    "1e400", "nan", "-inf", "0x" + "f" * 5_000, "9" * 5_000, "2026-99-99", "2026-12-01", "00:00:00", "true", "[]", "{}",
    "[" * 5_000, "{a=" * 2_000, '"""', "'''", '"\\ud800"', '"\\u0000"', '"a\\nb"', f'"{_KEPT}"', "[[[[1]]]]",
    "2026-12-01T00:00:00+23:59", '"' + "x" * 20_000 + '"', '["a", "a"]', "{ x = { y = { z = 1 } } }",
)  # fmt: skip
_BYTES = (b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\x1f\x8b", b"\xc3\x28", b"\r\n", b'{"a":1,"a":2}', b"]" * 50, b"NaN")


def toml() -> Target:
    """Return the reading of organization.toml."""
    made: dict[str, Callable[[], Any]] = {
        "full": lambda: _FULL,
        "shipped": lambda: (ROOT / "organization.toml").read_text(encoding="utf-8"),
    }
    return Target("toml", made, _toml_changed, _toml_read, ("chalicelib/organization/", "chalicelib/toml_reading.py"))


def intake_() -> Target:
    """Return the command's reading of event files."""
    made = {name: functools.partial(_written, make) for name, make in seeds().items()}
    return Target(
        "intake", made, _bytes_changed, _taken_in, ("cli/intake.py", "cli/recognise.py", "cli/guardduty_api.py")
    )


def _toml_changed(text: str, rng: Random) -> str:
    lines = text.split("\n")
    at, drawn = rng.randrange(len(lines)), rng.random()
    key, equals, value = lines[at].partition(" = ")
    if drawn < 0.45 and equals:
        lines[at] = f"{key} = {rng.choice(_LITERALS)}"
    elif drawn < 0.55:
        lines[at] = f"{json.dumps(rng.choice(TEXTS))} = {value or 1}"
    elif drawn < 0.65:
        lines.insert(rng.randrange(len(lines)), lines[at])
    elif drawn < 0.75:
        del lines[at]
    elif drawn < 0.8:
        lines.insert(at, rng.choice(("[accounts]", "[[accounts]]", "[x]", "[a." + "b." * 300 + "c]", "[people]")))
    else:
        lines[at] = spliced(lines[at], rng.choice(TEXTS), rng)
    return "\n".join(lines) or "\n"


def _toml_read(text: str) -> bool:
    try:
        organization.parse(text)
    except InvalidOrganization as refusal:
        one_line(str(refusal), "the refusal of organization.toml")
        withheld = [
            line for line in text.split("\n") if line.startswith(("external_id", "slack_secret")) and _KEPT in line
        ]
        if withheld and _KEPT in str(refusal):
            raise Broken("a refusal quotes what may be a secret") from None
        return False
    return True


def _written(make: Callable[[], Any]) -> bytes:
    return json.dumps(make()).encode()


def _bytes_changed(raw: bytes, rng: Random) -> bytes:
    drawn = rng.random()
    if drawn < 0.55:
        return _json_changed(raw, rng)
    if drawn < 0.65:
        return gzip.compress(raw, mtime=0)
    if drawn < 0.75:
        return raw + b"\n" + raw
    if drawn < 0.85:
        return raw[: rng.randrange(len(raw) + 1)]
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + rng.choice(_BYTES) + raw[at + rng.randrange(2) :]


def _json_changed(raw: bytes, rng: Random) -> bytes:
    """Change the JSON within, or wrap it as AWS does; bytes that hold none have one letter changed."""
    try:
        value = json.loads(raw)
        told = mutated(value, rng) if rng.random() < 0.7 else _wrapper(value, rng)
        return json.dumps(told).encode()
    except (ValueError, RecursionError):
        return raw[::-1][: rng.randrange(len(raw) + 1)] + b"{"


def _wrapper(value: Any, rng: Random) -> Any:
    text = json.dumps(value)
    return rng.choice(
        (
            [value] * rng.choice((1, 3, 200)),
            {"Records": [value]},
            {"Records": [{"body": text}]},
            {"Records": [{"Sns": {"Message": text}}]},
            {"Events": [{"CloudTrailEvent": text}]},
            {"Findings": [value], "Message": text},
            value.get("detail", value) if isinstance(value, dict) else value,
        )
    )


def _taken_in(raw: bytes) -> bool:
    found = list(intake.read("-", io.BytesIO(raw)))
    if not found:
        raise Broken("a file is neither an event nor a problem")
    for item in found:
        if (item.event is None) == (item.problem is None):
            raise Broken("an item is neither an event nor a problem")
        if item.problem is not None:
            one_line(item.problem, "the problem of a file")
        else:
            try:
                parse(item.event)
            except (MalformedEvent, NotSecurityEvent) as refusal:
                one_line(str(refusal), "the refusal of an event")
    return any(item.event for item in found)
