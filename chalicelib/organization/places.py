"""Read where countermeasure works: environments, the accounts in them, and regions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from chalicelib.accounts import home_region
from chalicelib.errors import InvalidOrganization
from chalicelib.organization.forms import ACCOUNT, APPROVER, ENVIRONMENT, mode_of
from chalicelib.organization.model import Account, Environment
from chalicelib.toml_reading import flag, is_table, number, only, text, texts

OU = r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32}"
"""The id of an organizational unit, or of the root (Organizations API reference, "OrganizationalUnit", "Root")."""

_REGION = {
    "aws-cn": r"cn-[a-z]+-[0-9]",
    "aws-us-gov": r"us-gov-[a-z]+-[0-9]",
    "aws": r"(?!cn-|us-gov-)[a-z]{2}-[a-z]+-[0-9]",
}


def environment(entry: Mapping[str, Any], name: str) -> Environment:
    """Return one environment. Where two people are needed, two must be able to come."""
    key = f"environments.{name}"
    if not re.fullmatch(ENVIRONMENT, name):
        raise InvalidOrganization(f"{key}: the name is not allowed; it must match {ENVIRONMENT}")
    only(entry, f"{key}.", ("mode", "accounts", "ous", "approvers", "approvals", "undo_by_another"))
    approvers = texts(entry, f"{key}.approvers", APPROVER)
    approvals = number(entry, f"{key}.approvals", 1, 2, 1)
    by_another = flag(entry, f"{key}.undo_by_another")
    alone = len(approvers) == 1 and not approvers[0].startswith("S") and ":role/" not in approvers[0]
    two = "needs approvers who are at least two people: two of them, a group (S...) or a role"
    if approvals > 1 and (alone or not approvers):
        raise InvalidOrganization(f"{key}.approvals: {approvals} {two}")
    if by_another and alone:
        raise InvalidOrganization(f"{key}.undo_by_another: {two}")
    return Environment(name, mode_of(entry, f"{key}.mode"), approvers, approvals, by_another)


def placed(places: Mapping[str, Mapping[str, Any]], kind: str, allowed: str) -> dict[str, str]:
    """Return what the environments list under a key, each with its environment: nothing is in two of them."""
    found: dict[str, str] = {}
    for name, entry in places.items():
        for id_ in texts(entry, f"environments.{name}.{kind}", allowed):
            if id_ in found:
                raise InvalidOrganization(f"environments.{name}.{kind}: {id_} is in environments.{found[id_]} already")
            found[id_] = name
    return found


def accounts(named: Mapping[str, Any], listed: Mapping[str, str], environments: Collection[str]) -> dict[str, Account]:
    """Return every account of the file. One that only its environment lists is named by its id."""
    found = {id_: _account(id_, entry, listed.get(id_, ""), environments) for id_, entry in named.items()}
    return {**{id_: Account(id_, id_, environment) for id_, environment in listed.items()}, **found}


def _account(id_: str, entry: Any, listed: str, environments: Collection[str]) -> Account:
    key = f"accounts.{id_}"
    if not re.fullmatch(ACCOUNT, id_):
        raise InvalidOrganization(f"{key}: an account id has 12 digits")
    only(is_table(entry, key), f"{key}.", ("name", "environment"))
    environment = text(entry, f"{key}.environment", ENVIRONMENT, optional=bool(listed)) or listed
    if environment not in environments:
        raise InvalidOrganization(f"{key}.environment: no such environment; use one of {', '.join(environments)}")
    if listed not in {"", environment}:
        raise InvalidOrganization(f"{key}.environment: {id_} is in environments.{listed} already")
    return Account(id_, text(entry, f"{key}.name", r"[\w .@-]{1,64}"), environment)


def regions(entry: Any, partition: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the governed and the allowed regions."""
    found = is_table(entry, "regions")
    only(found, "regions.", ("governed", "allowed"))
    form = _REGION.get(partition, r"[a-z]{2}(-[a-z]+)+-[0-9]")
    governed, allowed = (texts(found, f"regions.{key}", form) for key in ("governed", "allowed"))
    heard = {home_region(partition), *governed}
    if deaf := [region for region in allowed if region not in heard]:
        raise InvalidOrganization(
            f"regions.allowed: {', '.join(deaf)} must be in regions.governed too: what happens there would not be heard"
        )
    return governed, allowed
