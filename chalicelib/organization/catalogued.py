"""Hold the rules that organization.toml names against the catalogue: one that is misspelt would limit nothing."""

from __future__ import annotations

from chalicelib.catalogue import Catalogue
from chalicelib.errors import InvalidOrganization
from chalicelib.organization.model import Organization
from chalicelib.wildcards import matches


def unknown_rules(organization: Organization, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the keys of organization.toml that name no rule of the whole catalogue, each with the name."""
    modes = [f'rules."{name}"' for name in organization.rules if name not in catalogue.rules]
    exempt = dict.fromkeys(each.rule for each in organization.exemptions)
    patterns = [name for name in exempt if not any(matches(name, rule) for rule in catalogue.rules)]
    return (*modes, *(f'exemptions.rule = "{name}"' for name in patterns))


def refuse_unknown_rules(organization: Organization, catalogue: Catalogue) -> None:
    """Raise InvalidOrganization where a rule is named that the catalogue does not have."""
    if unknown := unknown_rules(organization, catalogue):
        raise InvalidOrganization(
            f"organization.toml: {', '.join(unknown)}: no such rule; docs/catalogue.md lists all, each with its id"
        )
