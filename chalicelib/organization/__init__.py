"""The organization as organization.toml tells it: accounts, environments, how far we may go, and whom to tell."""

from chalicelib.organization.catalogued import refuse_unknown_rules, unknown_rules
from chalicelib.organization.file import parse, read
from chalicelib.organization.limits import BreakGlass, Budgets, Exemption, Protected, RuleMode, Window
from chalicelib.organization.model import Account, Channels, Environment, Organization
from chalicelib.organization.places import OU

__all__ = [
    "OU",
    "Account",
    "BreakGlass",
    "Budgets",
    "Channels",
    "Environment",
    "Exemption",
    "Organization",
    "Protected",
    "RuleMode",
    "Window",
    "parse",
    "read",
    "refuse_unknown_rules",
    "unknown_rules",
]
