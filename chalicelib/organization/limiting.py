"""Read what limits countermeasure beside environments: rules, what is protected, break-glass, exemptions, budgets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.errors import InvalidOrganization
from chalicelib.model import Mode
from chalicelib.organization.forms import RESOURCE, RULE, RULES, SAID, TAG, Known, in_partition, mode_of
from chalicelib.organization.forms import place as place_of
from chalicelib.organization.forms import principals as principals_of
from chalicelib.organization.limits import BreakGlass, Budgets, Exemption, Protected, RuleMode, Window
from chalicelib.quoting import quoted
from chalicelib.toml_reading import day, entries, is_table, moment, number, only, text, texts

_MOST_ACTIONS = 100_000


def rules(entry: Any, known: Known) -> dict[str, RuleMode]:
    """Return the modes that are set for rules, by the rule's id."""
    return {name: _rule(name, told, known) for name, told in is_table(entry, "rules").items()}


def _rule(name: str, entry: Any, known: Known) -> RuleMode:
    key = f'rules."{name}"'
    if not re.fullmatch(RULE, name):
        raise InvalidOrganization(f"{key}: is no rule's id; it must match {RULE}, in quotes")
    found = is_table(entry, key)
    only(found, f"{key}.", ("mode", "environments", "accounts"))
    if not found:
        raise InvalidOrganization(f"{key}: sets nothing; give mode, environments or accounts")
    return RuleMode(
        mode_of(found, f"{key}.mode") if "mode" in found else None,
        _by(found, f"{key}.environments", known.environment),
        _by(found, f"{key}.accounts", known.account),
    )


def _by(within: Mapping[str, Any], key: str, known: Callable[[str, str], str]) -> dict[str, Mode]:
    """Return the modes in a table, by what `known` lets pass."""
    found = is_table(within.get(key.rsplit(".", 1)[-1], {}), key)
    return {known(name, f"{key}.{name}"): mode_of(found, f"{key}.{name}") for name in found}


def protected(entry: Any, partition: str) -> Protected:
    """Return what is never changed."""
    found = is_table(entry, "protected")
    only(found, "protected.", ("principals", "tags", "resources"))
    principals = principals_of(found, "protected.principals", partition)
    tags = is_table(found.get("tags", {}), "protected.tags")
    for key, value in tags.items():
        if not isinstance(value, str) or not re.fullmatch(TAG, key) or not re.fullmatch(rf"\*|{TAG}", value):
            shown = f"{quoted(key)} = {quoted(value)}"
            raise InvalidOrganization(f"protected.tags: {shown} is not allowed; both must match {TAG}")
    resources = texts(found, "protected.resources", RESOURCE)
    return Protected(principals, tags, in_partition(resources, "protected.resources", partition))


def break_glass(entry: Any, partition: str, known: Known) -> BreakGlass:
    """Return whose doing is only watched, and when people work by hand."""
    found = is_table(entry, "break_glass")
    only(found, "break_glass.", ("principals", "windows"))
    windows = [_window(each, key, known) for each, key in entries(found, "break_glass.windows")]
    return BreakGlass(principals_of(found, "break_glass.principals", partition), tuple(windows))


def _window(found: Mapping[str, Any], key: str, known: Known) -> Window:
    only(found, f"{key}.", ("environment", "account", "from", "until", "reason", "owner"))
    environment, account = place_of(found, key, known)
    if bool(environment) == bool(account):
        raise InvalidOrganization(f"{key}: give either environment or account")
    start, until = moment(found, f"{key}.from"), moment(found, f"{key}.until")
    if until <= start:
        raise InvalidOrganization(f"{key}.until: is not after from")
    return Window(
        start, until, text(found, f"{key}.reason", SAID), text(found, f"{key}.owner", SAID), environment, account
    )


def exemptions(told: Mapping[str, Any], partition: str, known: Known) -> tuple[Exemption, ...]:
    """Return the agreed exceptions, expired ones too."""
    return tuple(_exemption(each, key, partition, known) for each, key in entries(told, "exemptions"))


def _exemption(found: Mapping[str, Any], key: str, partition: str, known: Known) -> Exemption:
    only(found, f"{key}.", ("rule", "resource", "account", "environment", "mode", "reason", "owner", "until"))
    environment, account = place_of(found, key, known)
    resource = text(found, f"{key}.resource", rf"({RESOURCE})|", optional=True)
    in_partition((resource,), f"{key}.resource", partition)
    return Exemption(
        rule=text(found, f"{key}.rule", RULES),
        reason=text(found, f"{key}.reason", SAID),
        owner=text(found, f"{key}.owner", SAID),
        until=day(found, f"{key}.until"),
        mode=mode_of(found, f"{key}.mode", "off|observe|approve") if "mode" in found else Mode.OBSERVE,
        resource=resource,
        account=account,
        environment=environment,
    )


def budgets(entry: Any) -> Budgets:
    """Return how many actions an hour need no approval."""
    found, usual = is_table(entry, "budgets"), Budgets()
    only(found, "budgets.", ("rule", "account", "total"))

    def budget(name: str, otherwise: int | None) -> int | None:
        if found.get(name) is False:
            return None
        return number(found, f"budgets.{name}", 0, _MOST_ACTIONS, otherwise or 0)

    return Budgets(
        budget("rule", usual.rule),
        budget("account", usual.account),
        budget("total", usual.total),
    )
