"""Who a role's trust policy lets in: which principals of a statement are ours, and what it says without the others."""

from __future__ import annotations

from chalicelib.dataclass import dataclass
from chalicelib.model import Json
from remediations.iam.policies import listed
from remediations.outsiders import is_outsider

PEOPLE = ("AWS", "Federated")
"""The kinds of principals that can be somebody of another account; the rest are services."""

LIMITS = {"aws:principalorgid": "StringEquals", "aws:principalaccount": "StringEquals"}
"""The conditions that let in nobody but those they name, by the operator that holds them to it. IAM reads the names of
condition keys in any case."""


@dataclass(frozen=True, slots=True)
class Ours:
    """The accounts that are known to be ours, and the organization's id: empty where there is none."""

    accounts: frozenset[str]
    organization: str = ""


def normal(statement: Json) -> Json:
    """Return the statement with its principals in one form: IAM gives lists of them back in an order of its own."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict):
        return statement
    return {**statement, "Principal": {kind: _form(set(listed(who))) for kind, who in principal.items()}}


def without_outsiders(statement: Json, ours: Ours) -> Json | None:
    """Return the statement as it is when it lets in no outsider, else what is left of it: None when nothing is.

    An unknown condition (an external id) makes nobody one of ours. Services stay, and so do the identity providers of
    our accounts and those of the public (Cognito, Google), and principals that IAM shows by their unique id: deleted.
    """
    if statement["Effect"] != "Allow" or is_limited(statement.get("Condition", {}), ours):
        return statement
    found = statement.get("Principal", {"AWS": "*"})  # with NotPrincipal: everyone but
    principal = found if isinstance(found, dict) else {"AWS": found}
    kept = {
        kind: [who for who in listed(each) if kind not in PEOPLE or not is_outsider(who, ours.accounts)]
        for kind, each in principal.items()
    }
    if kept == {kind: listed(each) for kind, each in principal.items()}:
        return statement
    left = {kind: _form(set(who)) for kind, who in kept.items() if who}
    return {**statement, "Principal": left} if left else None


def is_limited(condition: Json, ours: Ours) -> bool:
    """Return whether a condition lets in nobody but our organization or our accounts."""
    for operator, keys in condition.items():
        for key, values in keys.items():
            allowed = ours.accounts if key.lower() == "aws:principalaccount" else {ours.organization} - {""}
            if LIMITS.get(key.lower()) == operator and set(listed(values)) <= allowed:
                return True
    return False


def _form(who: set[str]) -> Json:
    found = sorted(who)
    return found[0] if len(found) == 1 else found
