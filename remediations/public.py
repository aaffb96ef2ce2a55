"""When a statement of a resource's policy lets anyone in, and which conditions keep the world out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network

from chalicelib.model import Json

WILD = re.compile(r"[*?]|\$\{")
ACCOUNT = re.compile(r"\d{12}", re.ASCII)
ORGANIZATION_PATH = re.compile(r"o-[a-z0-9]{10,32}/.*", re.ASCII)
PRINCIPAL_ID = re.compile(r"(A[A-Z0-9]{15,127}|\d{12})(:.*)?", re.ASCII)
OPERATOR = re.compile(r"(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress)")
"""Operators that need the key to be there. `...IfExists`, `ForAllValues:` and the negative ones also hold without it
(IAM User Guide, "IAM JSON policy elements: Condition operators")."""


def is_public(statement: Json) -> bool:
    """Return whether a statement allows something to anyone, or to everyone but a few, under no restricting condition.

    A condition restricts when every value of one key names something of somebody in particular, as in what S3 means
    by "public" (S3 User Guide, "Blocking public access to your Amazon S3 storage"). A referer, a tag, a protocol or a
    user's name restrict nobody: everybody can have them.
    """
    return statement.get("Effect") == "Allow" and for_anyone(statement) and not restricted(statement)


def for_anyone(statement: Json) -> bool:
    """Return whether the statement's principal is `*` in one of the ways to write it, or a NotPrincipal."""
    principal = statement.get("Principal")
    named = principal.values() if isinstance(principal, dict) else [principal]
    return "NotPrincipal" in statement or any("*" in listed(each) for each in named)


def restricted(statement: Json) -> bool:
    """Return whether a condition limits the statement: all conditions must hold, of one key's values only one."""
    return any(
        values and all(is_fixed(value, operator) for value in values)
        for is_fixed, operator, values in limits(statement)
    )


def limits(statement: Json) -> Iterator[tuple[Callable[[str, str], bool], str, list[str]]]:
    """Yield for each condition that could restrict: what tells a fixed value of its key, the operator, the values."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items() if OPERATOR.fullmatch(operator.lower()) else ():
            if is_fixed := KEYS.get(key.lower()):
                yield is_fixed, operator.lower().rpartition(":")[2], [str(value) for value in listed(values)]


def listed(value: Json) -> list[Json]:
    """Return the values of an element: policies may leave out the list of a single one."""
    return value if isinstance(value, list) else [value]


def whole(value: str, operator: str) -> bool:
    """Return whether the value has no wildcard or variable, or is the variable of whoever owns the resource."""
    return not WILD.search(value) or value.lower() in ("${aws:resourceaccount}", "${aws:resourceorgid}")


def arn(value: str, operator: str) -> bool:
    """Return whether the ARN is of one account; an S3 bucket's has none, but its name is unique in the world.

    An ARN operator compares part by part, and a wildcard stays within its part. A string operator does not.
    """
    parts = value.split(":", 5)
    if len(parts) < 6:
        return False
    _, _, service, _, account, name = parts
    if ACCOUNT.fullmatch(account):
        owned = ":".join(parts[:5])
    elif service == "s3" and not WILD.search(name):
        owned = value
    else:
        return False
    return operator.startswith("arn") or not WILD.search(owned)


def path(value: str, operator: str) -> bool:
    return bool(ORGANIZATION_PATH.fullmatch(value))


def principal_id(value: str, operator: str) -> bool:
    return bool(PRINCIPAL_ID.fullmatch(value))


def network(value: str, operator: str) -> bool:
    """Return whether the range is no broader than /8, or /32 for IPv6: broader ones S3 calls public."""
    try:
        found = ip_network(value, strict=False)
    except ValueError:
        return False
    return found.prefixlen >= (8 if found.version == 4 else 32)


KEYS: dict[str, Callable[[str, str], bool]] = {
    **dict.fromkeys(("aws:sourceaccount", "aws:sourceowner", "aws:principalaccount", "aws:vpceaccount"), whole),
    **dict.fromkeys(("aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"), whole),
    **dict.fromkeys(("aws:sourcevpc", "aws:sourcevpce", "aws:principalservicename"), whole),
    **dict.fromkeys(("s3:dataaccesspointaccount", "kms:calleraccount"), whole),
    **dict.fromkeys(("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"), path),
    **dict.fromkeys(("aws:sourcearn", "aws:principalarn", "aws:sourcevpcarn", "s3:dataaccesspointarn"), arn),
    "aws:userid": principal_id,
    "aws:sourceip": network,
}
"""The condition keys that can restrict, and what tells a value of theirs that does (IAM User Guide, "AWS global
condition context keys")."""
