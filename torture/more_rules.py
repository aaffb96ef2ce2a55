"""Many times as many rules: copies with other ids, which look for other words in the same events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.catalogue import Catalogue, of


def copied(catalogue: Catalogue, times: int) -> Catalogue:
    """Return the catalogue with so many times its rules; one that looks for no word would fire too, and is left out."""
    rules = dict(catalogue.rules)
    for number in range(1, times):
        mark = f"x{number:02}"
        for rule in catalogue.rules.values():
            detail = _other(rule.pattern.get("detail", {}), mark)
            if mark in json.dumps(detail):
                id_ = f"{rule.id}_{number:02}"
                rules[id_] = replace(rule, id=id_, pattern={**rule.pattern, "detail": detail})
    return of(rules, catalogue.remediations)


def _other(pattern: Any, mark: str) -> Any:
    """Return a pattern that looks for every text with a mark at its end (a suffix: at its start)."""
    if isinstance(pattern, Mapping):
        return {
            name: f"{mark}{value}"
            if name == "suffix" and isinstance(value, str)
            else value
            if name in {"exists", "anything-but", "numeric"}
            else _other(value, mark)
            for name, value in pattern.items()
        }
    if isinstance(pattern, list | tuple):
        return [_other(each, mark) for each in pattern]
    return f"{pattern}{mark}" if isinstance(pattern, str) else pattern
