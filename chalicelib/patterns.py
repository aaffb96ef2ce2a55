"""The EventBridge pattern of each function, computed from its rules: none exists that its function never hears of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.model import Rule

SOURCES = ("guardduty", "securityhub", "config", "cloudtrail", "signin", "health", "accessanalyzer")
"""The functions, by the package of rules that each answers."""


def merged(rules: Iterable[Rule]) -> dict[str, Any]:
    """Return a pattern that every event of these rules matches: their sources and detail-types."""
    rules = list(rules)
    return {key: sorted({value for rule in rules for value in rule.pattern[key]}) for key in ("source", "detail-type")}
