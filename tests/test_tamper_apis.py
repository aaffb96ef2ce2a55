"""Every API call that others watch for has a rule, or a reason for having none."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.catalogue import load
from rules.not_answered import NOT_ANSWERED
from rules.tamper_apis import TAMPER_APIS

RULES = [
    rule for rule in load("rules", "remediations").rules.values() if rule.id.split(".")[0] in ("cloudtrail", "signin")
]
CALLS = [f"{service}:{name}" for service, names in TAMPER_APIS.items() for name in names]


def names(pattern: Any) -> Iterator[Any]:
    """Yield what a pattern asks of `eventName`, at any depth."""
    if isinstance(pattern, dict):
        for key, value in pattern.items():
            yield from value if key == "eventName" else names(value)
    elif isinstance(pattern, list):
        for each in pattern:
            yield from names(each)


def answering(call: str) -> list[str]:
    """Return the rules whose pattern names a call of that service."""
    service, _, name = call.partition(":")
    return [
        rule.id
        for rule in RULES
        if f"aws.{service}" in rule.pattern["source"]
        and any(
            asked == name or (isinstance(asked, dict) and name.startswith(asked.get("prefix", "\0")))
            for asked in names(rule.pattern.get("detail", {}))
        )
    ]


@pytest.mark.parametrize("call", CALLS)
def test_a_watched_call_has_a_rule_or_a_reason_for_none(call: str) -> None:
    assert bool(answering(call)) != (call in NOT_ANSWERED), answering(call)


def test_reasons_are_given_for_watched_calls_only() -> None:
    assert set(NOT_ANSWERED) - set(CALLS) == set()


def test_a_call_stands_in_the_list_once() -> None:
    assert len(CALLS) == len(set(CALLS))


@pytest.mark.parametrize("call", NOT_ANSWERED)
def test_a_reason_is_a_sentence_for_people(call: str) -> None:
    assert 60 <= len(NOT_ANSWERED[call]) <= 400
    assert NOT_ANSWERED[call].endswith(".")
