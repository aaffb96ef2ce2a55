"""Guardrails about what would be changed: what is protected, and where nobody would hear what follows."""

from __future__ import annotations

from chalicelib import arns
from chalicelib.guardrails.situation import Situation
from chalicelib.model import Ceiling, Mode


def protected_resource(situation: Situation) -> Ceiling | None:
    """What organization.toml protects by name, by ARN or as a principal is never changed.

    What only AWS knows of a resource (its tags, the path of a role, whose a key is) is looked at when it is planned.
    """
    resource, protected = situation.resource, situation.organization.protected
    if resource is None:
        return None
    for arn in arns.principals(resource):
        for pattern in protected.principals:
            if arns.is_principal(pattern, arn):
                return Ceiling("protected", Mode.OBSERVE, f"{arn} is protected as a principal by {pattern}")
    for pattern in protected.resources:
        if arns.called(pattern, resource):
            return Ceiling("protected", Mode.OBSERVE, f"{resource.id} is protected by {pattern}")
    return None


def allowed_region(situation: Situation) -> Ceiling | None:
    """What a rule says of regions that nobody is to use is nothing where they may be used: no rule knows which."""
    allowed = situation.organization.allowed_regions
    if not situation.rule.elsewhere or (allowed and situation.region not in allowed):
        return None
    where = f"{situation.region} is one of regions.allowed" if allowed else "regions.allowed is empty: all may be used"
    return Ceiling("allowed region", Mode.OFF, where)


def governed_region(situation: Situation) -> Ceiling | None:
    """In a region whose events are not heard, nobody would learn of what follows."""
    if situation.region in situation.organization.heard_in:
        return None
    return Ceiling(
        "governed region", Mode.OBSERVE, f"{situation.region} is not governed: see regions in organization.toml"
    )
