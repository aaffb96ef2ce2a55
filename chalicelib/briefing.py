"""What a remediation must be told of a resource, that neither the event nor AWS in the resource's account can say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from chalicelib.model import Resource
from chalicelib.organization import Organization
from chalicelib.units import Unit

ORGANIZATION_ACCOUNTS = "organization_accounts"
"""All accounts that are ours, ids with spaces between them: a member account cannot ask AWS for them."""

BASELINE = "baseline"
"""How the resource is while all is well, JSON, empty where nobody knows: of what was deleted AWS says nothing."""

Baselines = Callable[[Collection[Resource]], Mapping[str, str]]
"""Gives the baselines that there are of resources, by their keys."""


def briefed(units: Sequence[Unit], organization: Organization, baselines: Baselines) -> tuple[Unit, ...]:
    """Return the units, the resource of each with the `details` that its remediation asks for.

    What an event said under such a name is replaced: only we say whose accounts are ours, and how things were.
    """
    asking = {unit.resource for unit in units if BASELINE in unit.remediation.asks}
    kept = baselines(asking) if asking else {}
    return tuple(_briefed(unit, organization, kept) if unit.remediation.asks else unit for unit in units)


def _briefed(unit: Unit, organization: Organization, kept: Mapping[str, str]) -> Unit:
    asked = {
        ORGANIZATION_ACCOUNTS: " ".join(sorted(organization.accounts)),
        BASELINE: kept.get(unit.resource.key, ""),
    }
    told = {name: value for name, value in asked.items() if name in unit.remediation.asks}
    return replace(unit, resource=replace(unit.resource, details={**unit.resource.details, **told}))
