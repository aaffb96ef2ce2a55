"""Hostile events for the parsers and for all that is pure after them; hostile patterns for the matcher."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

from aws_lambda_powertools.metrics import Metrics

from chalicelib import observing
from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.ledger.keys import finding_head
from chalicelib.model import Finding
from chalicelib.pattern import Index, InvalidPattern, compile_pattern
from chalicelib.records import finding_of, finding_text
from chalicelib.units import incident_id, units
from torture.hostile_loop import Broken, Target
from torture.hostile_seeds import catalogue, seeds
from torture.hostile_values import mutated

WATCHED = ("chalicelib/findings/", "chalicelib/pattern/")
ITEM = 400 * 1024
"""Bytes of a DynamoDB item."""

_SAID = 600
_UNSAFE = re.compile(r"[*?${}<>\s]")
_NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


def events() -> Target:
    """Return the parsers, the rules that fire, the resources that these name, and the record of the finding."""
    return Target("events", seeds(), mutated, _read, WATCHED)


def patterns() -> Target:
    """Return the compiler, the matcher and the index, which must be of one mind."""
    found = {f"rule/{rule.id}": rule.pattern for rule in catalogue().rules.values()}
    found |= {f"operators/{number}": pattern for number, pattern in enumerate(_OPERATORS)}
    event = seeds("fires*.json", corpus=False)
    names = sorted(event)

    def seed(pattern: Mapping[str, Any], number: int) -> dict[str, Any]:
        return {"pattern": _copied(pattern), "event": event[names[number % len(names)]]()}

    made = {name: (lambda p=pattern, n=number: seed(p, n)) for number, (name, pattern) in enumerate(found.items())}
    return Target("patterns", made, _changed, _match, WATCHED[1:])


def one_line(text: str, what: str) -> None:
    """Hold that a refusal is one printable line that a person can read to its end."""
    if len(text) > _SAID or not text.isprintable() or not text:
        raise Broken(f"{what} is no short line")


def _read(event: Any) -> bool:
    try:
        found = parse(event)
    except (MalformedEvent, NotSecurityEvent) as refusal:
        one_line(str(refusal), "the refusal of an event")
        return False
    for finding in found:
        _hold(finding)
        rules = catalogue().match(finding.event)
        if rules:
            try:
                units(finding, rules)
            except MalformedEvent as refusal:
                one_line(str(refusal), "the refusal of an event")
                return False
        incident_id(finding)
        finding_head(finding)
        kept = finding_text(finding)
        kept.encode()
        if len(kept.encode()) > ITEM - 8_192:
            raise Broken("the record of a finding is larger than an item")
        if finding_of(kept) != finding:
            raise Broken("the record of a finding is not the finding")
    observing.count(Metrics(namespace="torture", service="torture"), event, [], _NOW)
    return True


def _hold(finding: Finding) -> None:
    """Hold what a finding promises to all that comes after it."""
    texts = [finding.id, finding.revision, finding.title, finding.description, finding.type]
    if actor := finding.actor:
        texts += [actor.arn, actor.name, actor.ip, actor.user_agent, actor.access_key_id]
    if not all(text.isprintable() and len(text) <= 2_048 for text in texts):
        raise Broken("a text of a finding is not printable, or without end")
    if len(finding.title) > 256 or len(finding.description) > 1_024:
        raise Broken("a title or a description is too long")
    for at in (finding.first_seen, finding.last_seen):
        if at and datetime.fromisoformat(at).tzinfo is None:
            raise Broken("a time is not in UTC")
    for resource in finding.resources:
        if (
            _UNSAFE.search(resource.id)
            or not resource.id.isprintable()
            or not re.fullmatch(r"\d{12}", resource.account)
        ):
            raise Broken("a resource is not safe to name")


def _changed(pair: Any, rng: Random) -> Any:
    which = "event" if rng.random() < 0.3 else "pattern"
    return {**pair, which: mutated(pair[which], rng)}


def _match(pair: Any) -> bool:
    pattern, event = pair["pattern"], pair["event"]
    try:
        compiled = compile_pattern(pattern)
    except InvalidPattern as refusal:
        one_line(str(refusal), "the refusal of a pattern")
        return False
    if (Index([(pattern, "x"), ({"source": [""]}, "y")]).match(event) == ["x"]) != compiled.matches(event):
        raise Broken("the index and the pattern are not of one mind")
    return True


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list | tuple) else value


_OPERATORS: tuple[dict[str, Any], ...] = (
    {"detail": {"a": [{"prefix": {"equals-ignore-case": "Ab"}}, {"suffix": ".x"}, {"wildcard": "*a*b\\*"}]}},
    {"detail": {"n": [{"numeric": [">", 0, "<=", 5]}, 5, 1.5]}, "source": [{"exists": True}]},
    {"detail": {"ip": [{"cidr": "192.0.2.0/24"}, {"cidr": "2001:db8::/32"}]}},
    {"detail": {"b": [{"anything-but": ["a", "b"]}, {"anything-but": {"wildcard": ["*x", "y*"]}}, None, True]}},
    {"$or": [{"source": ["a"]}, {"detail": {"c": [{"exists": False}]}}], "account": [{"equals-ignore-case": "X"}]},
    {"detail": {"findings": {"Id": ["x"], "Resources": {"Type": ["AwsS3Bucket"], "Id": [{"exists": False}]}}}},
)
