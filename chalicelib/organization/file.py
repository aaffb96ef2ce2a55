"""Read organization.toml strictly: every mistake is one line that names the key and what is allowed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.errors import InvalidOrganization
from chalicelib.organization import limiting, places
from chalicelib.organization.forms import ACCOUNT, CHANNEL, DIGESTS, KEPT_AT, PERSON, SLACK_USER, Known
from chalicelib.organization.model import Channels, Organization
from chalicelib.quoting import one_line, quoted
from chalicelib.toml_reading import is_table, number, only, table, text

_TABLES = (
    "organization",
    "environments",
    "accounts",
    "regions",
    "rules",
    "protected",
    "break_glass",
    "exemptions",
    "budgets",
    "incidents",
    "approvals",
    "people",
    "notify",
    "evidence",
)


def read(path: Path) -> Organization:
    """Return the organization of a file. Raises InvalidOrganization, which names file, key and what is allowed."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidOrganization(f"{path}: cannot be read: {error}") from error
    try:
        return parse(content)
    except InvalidOrganization as error:
        raise InvalidOrganization(f"{path}: {error}") from error


def parse(content: str) -> Organization:
    """Return the organization of a TOML text. Raises InvalidOrganization, which names the key and what is allowed."""
    try:
        return _parsed(content)
    except InvalidOrganization as error:
        raise InvalidOrganization(one_line(str(error))) from error


def _parsed(content: str) -> Organization:
    try:
        told = tomllib.loads(content)
    except RecursionError:
        raise InvalidOrganization("not TOML that anybody would write: it is nested too deep") from None
    except ValueError as error:  # also a number of more digits than Python reads
        raise InvalidOrganization(f"not TOML: {error}") from error
    only(told, "", _TABLES)
    top = table(told, "organization")
    only(top, "organization.", ("id", "hub", "external_id", "partition"))
    partition = text(top, "organization.partition", r"aws(-[a-z-]+)?", optional=True) or "aws"
    entries = {name: is_table(entry, f"environments.{name}") for name, entry in table(told, "environments").items()}
    environments = {name: places.environment(entry, name) for name, entry in entries.items()}
    ous = places.placed(entries, "ous", places.OU)
    listed = places.placed(entries, "accounts", ACCOUNT)
    named = told.get("accounts", {}) if ous or listed else table(told, "accounts")
    accounts = places.accounts(is_table(named, "accounts"), listed, environments)
    known = Known(environments, None if ous else accounts)
    governed, allowed = places.regions(told.get("regions", {}), partition)
    return Organization(
        id=text(top, "organization.id", r"o-[a-z0-9]{10,32}"),
        hub=text(top, "organization.hub", ACCOUNT),
        environments=environments,
        accounts=accounts,
        channels=_channels(told.get("notify", {})),
        external_id=text(top, "organization.external_id", KEPT_AT, optional=True),
        partition=partition,
        regions=governed,
        allowed_regions=allowed,
        protected=limiting.protected(told.get("protected", {}), partition),
        ous=ous,
        rules=limiting.rules(told.get("rules", {}), known),
        break_glass=limiting.break_glass(told.get("break_glass", {}), partition, known),
        exemptions=limiting.exemptions(told, partition, known),
        budgets=limiting.budgets(told.get("budgets", {})),
        approval_minutes=_approval_minutes(told.get("approvals", {})),
        open_hours=_open_hours(told.get("incidents", {})),
        people=_people(told.get("people", {})),
        digests=_digests(told.get("evidence", {})),
    )


def _channels(entry: Any) -> Channels:
    found = is_table(entry, "notify")
    only(found, "notify.", ("topic", "slack_channel", "slack_secret", "escalation_channel", "alone"))
    return Channels(
        topic=text(found, "notify.topic", r"arn:aws[a-z-]*:sns:.+|", optional=True),
        slack_channel=text(found, "notify.slack_channel", CHANNEL, optional=True),
        slack_secret=text(found, "notify.slack_secret", KEPT_AT, optional=True),
        escalation=text(found, "notify.escalation_channel", CHANNEL, optional=True),
        alone=number(found, "notify.alone", 0, 100_000, Channels().alone),
    )


def _open_hours(entry: Any) -> int:
    found = is_table(entry, "incidents")
    only(found, "incidents.", ("open_hours",))
    return number(found, "incidents.open_hours", 0, 168, 24)


def _approval_minutes(entry: Any) -> int:
    found = is_table(entry, "approvals")
    only(found, "approvals.", ("minutes",))
    return number(found, "approvals.minutes", 5, 1440, 60)


def _digests(entry: Any) -> str:
    found = is_table(entry, "evidence")
    only(found, "evidence.", ("digests",))
    return text(found, "evidence.digests", DIGESTS, optional=True)


def _people(entry: Any) -> Mapping[str, str]:
    found = is_table(entry, "people")
    for name, user in found.items():
        if not re.fullmatch(PERSON, name):
            raise InvalidOrganization(f"people: {quoted(name)} is not allowed; it must match {PERSON}")
        if not isinstance(user, str) or not re.fullmatch(SLACK_USER, user):
            raise InvalidOrganization(f'people."{name}": {quoted(user)} is not allowed; it must match {SLACK_USER}')
    return found
