"""The events that each function asks for: of which rules, and in which state its EventBridge rules must be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from chalicelib.catalogue import Catalogue
from chalicelib.model import Rule

_SEEN_ONLY_ON_REQUEST = re.compile(r"(?!(GetFederationToken|GetSessionToken)$)(Get|List|Describe)[A-Z]")
"""Calls that only read; these two of STS make credentials, and everybody hears of them (user guide, "AWS service
events delivered via AWS CloudTrail")."""


def rules_of(catalogue: Catalogue, source: str) -> list[Rule]:
    """Return the rules that one function answers."""
    return [rule for rule in catalogue.rules.values() if rule.id.split(".")[0] == source]


def state(rules: Iterable[Rule]) -> str:
    """Return the state of an EventBridge rule: calls that only read reach those that ask for them (user guide,
    "Receiving read-only management events from AWS services"), where they are sent from and where they arrive.
    """
    asked = any(_reads(rule.pattern) for rule in rules)
    return "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" if asked else "ENABLED"


def _reads(pattern: Any) -> bool:
    """Return whether a pattern names a call that only reads, at any depth."""
    match pattern:
        case {"eventName": list(names)} if any(isinstance(n, str) and _SEEN_ONLY_ON_REQUEST.match(n) for n in names):
            return True
        case dict():
            return any(_reads(inner) for inner in pattern.values())
        case list():
            return any(_reads(inner) for inner in pattern)
        case _:
            return False
