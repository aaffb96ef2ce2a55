"""Say in a few words what a remediation changes: only what differs between two states, as people write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.model import Json, State

NONE = "none"
_DEEPEST = 6
"""Levels shown with words; what lies deeper (a policy document) is shown as compact JSON."""

_ENDS = ("cidr", "prefix_list", "group")


def difference(before: State, after: State) -> tuple[str, str]:
    """Return both states as short texts, without what they have in common.

    `{"a": 1, "b": 2}` and `{"a": 1, "b": 3}` are `b: 2` and `b: 3`; of two lists only what was taken out
    and what came in is shown.
    """
    if before == after:
        return readable(before), readable(after)
    if isinstance(before, dict) and isinstance(after, dict) and not _is_permission(before):
        return _difference_of_objects(before, after)
    if isinstance(before, list) and isinstance(after, list):
        removed = [each for each in before if each not in after]
        added = [each for each in after if each not in before]
        if removed or added:
            return readable(removed) if removed else "not there", readable(added) if added else "removed"
    return readable(before), readable(after)


def readable(value: Json, level: int = 0) -> str:
    """Return one JSON value as people write it: `tcp 22 0.0.0.0/0`, `Status: Enabled`, `none`."""
    if value in (None, [], {}):
        return NONE
    if isinstance(value, str):
        return value or "empty"
    if isinstance(value, list) and level < _DEEPEST:
        return ", ".join(_nested(each, level) for each in value)
    if isinstance(value, dict) and _is_permission(value):
        return _permission(value)
    if isinstance(value, dict) and level < _DEEPEST:
        return ", ".join(f"{key}: {_nested(each, level)}" for key, each in sorted(value.items()))
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _difference_of_objects(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[str, str]:
    """Return the keys whose values differ, each with only what differs."""
    was: list[str] = []
    becomes: list[str] = []
    for key in sorted({*before, *after}):
        if key in before and key in after and before[key] == after[key]:
            continue
        old, new = difference(before.get(key), after.get(key))
        was.append(f"{key}: {old}" if key in before else f"{key}: not there")
        becomes.append(f"{key}: {new}" if key in after else f"{key}: removed")
    return ", ".join(was), ", ".join(becomes)


def _nested(value: Json, level: int) -> str:
    """Return a value within another one, in braces or brackets where it would run into its neighbours."""
    text = readable(value, level + 1)
    if isinstance(value, list) and len(value) > 1:
        return f"[{text}]"
    return f"{{{text}}}" if isinstance(value, dict) and value and not _is_permission(value) else text


def _is_permission(value: Mapping[str, Any]) -> bool:
    """Tell whether an object is one rule of a security group, as the remediations of EC2 keep it."""
    return isinstance(value.get("protocol"), str) and any(end in value for end in _ENDS)


def _permission(value: Mapping[str, Any]) -> str:
    """Return a security group rule as `tcp 22 0.0.0.0/0 (its description)` or `all traffic ::/0`."""
    first, last = value.get("from"), value.get("to")
    ports = "" if first is None or first == -1 else f" {first}" if first == last else f" {first}-{last}"
    protocol = "all traffic" if value["protocol"] == "-1" else f"{value['protocol']}{ports}"
    ends = " ".join(str(value[end]) for end in _ENDS if end in value)
    return f"{protocol} {ends} ({value['description']})" if value.get("description") else f"{protocol} {ends}"
