"""Whom a policy or a grant names: everyone, somebody of an account that is not ours, or one of ours."""

from __future__ import annotations

import re
from collections.abc import Set

from chalicelib.model import Resource

ACCOUNT = re.compile(r"\d{12}", re.ASCII)


def known_accounts(resource: Resource) -> frozenset[str]:
    """Return the accounts that are known to be ours: the resource's, and those in `details["organization_accounts"]`.

    That detail holds account ids with spaces between them; AWS tells no member account of the others.
    """
    return frozenset({resource.account, *resource.details.get("organization_accounts", "").split()})


def is_outsider(principal: str, ours: Set[str]) -> bool:
    """Return whether an ARN, an account id or `*` names anyone but the accounts that are ours.

    A service (`ec2.amazonaws.com`) is no outsider, and neither is the unique id that AWS shows for who was deleted.
    """
    if principal == "*":
        return True
    account = principal.split(":")[4] if principal.count(":") >= 5 else principal
    return bool(ACCOUNT.fullmatch(account)) and account not in ours
