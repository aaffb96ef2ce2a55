"""The organization as organization.toml tells it: accounts, environments, how far we may go, and whom to tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.accounts import RESPONDER
from chalicelib.errors import InvalidOrganization
from chalicelib.model import Mode

_WITHHELD = {"external_id", "slack_secret"}
"""Keys whose value is never quoted: it may be the secret itself, in the place of where it is kept."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its name for people, and the environment whose rules of engagement hold there."""

    id: str
    name: str
    environment: str


@dataclass(frozen=True, slots=True)
class Channels:
    """Whom to tell: the SNS topic's ARN; the Slack channel, and where Slack's secret is kept. Empty: not used."""

    topic: str = ""
    slack_channel: str = ""
    slack_secret: str = ""


@dataclass(frozen=True, slots=True)
class Organization:
    """An AWS organization: environments by name with their mode, accounts by id."""

    id: str
    hub: str
    environments: Mapping[str, Mode]
    accounts: Mapping[str, Account]
    channels: Channels = field(default_factory=Channels)
    external_id: str = ""  # where the external id is kept: `ssm:/path` or `secretsmanager:name`
    partition: str = "aws"
    responder: str = RESPONDER

    def account(self, account_id: str) -> Account | None:
        """Return the account of that id, or None where the file does not name it."""
        return self.accounts.get(account_id)

    def mode(self, account_id: str) -> Mode | None:
        """Return the mode of the account's environment; None for an account that we do not know."""
        account = self.accounts.get(account_id)
        return self.environments[account.environment] if account else None


def read(path: Path) -> Organization:
    """Return the organization of a file. Raises InvalidOrganization, which names file, key and what is allowed."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidOrganization(f"{path}: cannot be read: {error}") from error
    try:
        return parse(text)
    except InvalidOrganization as error:
        raise InvalidOrganization(f"{path}: {error}") from error


def parse(text: str) -> Organization:
    """Return the organization of a TOML text. Raises InvalidOrganization, which names the key and what is allowed."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidOrganization(f"not TOML: {error}") from error
    _only(table, "", ("organization", "environments", "accounts", "notify"))
    top = _table(table, "organization")
    _only(top, "organization.", ("id", "hub", "external_id", "partition"))
    environments = {name: _mode(entry, name) for name, entry in _table(table, "environments").items()}
    return Organization(
        id=_text(top, "organization.id", r"o-[a-z0-9]{10,32}"),
        hub=_text(top, "organization.hub", r"[0-9]{12}"),
        external_id=_text(top, "organization.external_id", r"(ssm|secretsmanager):.+|", optional=True),
        partition=_text(top, "organization.partition", r"aws(-[a-z-]+)?", optional=True) or "aws",
        environments=environments,
        accounts={id_: _account(id_, entry, environments) for id_, entry in _table(table, "accounts").items()},
        channels=_channels(table.get("notify", {})),
    )


def _account(id_: str, entry: Any, environments: Mapping[str, Mode]) -> Account:
    key = f"accounts.{id_}"
    if not re.fullmatch(r"[0-9]{12}", id_):
        raise InvalidOrganization(f"{key}: an account id has 12 digits")
    _only(_is_table(entry, key), f"{key}.", ("name", "environment"))
    environment = _text(entry, f"{key}.environment", r"[a-z0-9-]+")
    if environment not in environments:
        raise InvalidOrganization(f"{key}.environment: no such environment; use one of {', '.join(environments)}")
    return Account(id_, _text(entry, f"{key}.name", r"[\w .@-]{1,64}"), environment)


def _channels(entry: Any) -> Channels:
    table = _is_table(entry, "notify")
    _only(table, "notify.", ("topic", "slack_channel", "slack_secret"))
    return Channels(
        topic=_text(table, "notify.topic", r"arn:aws[a-z-]*:sns:.+|", optional=True),
        slack_channel=_text(table, "notify.slack_channel", r"[CGD][A-Z0-9]{6,20}|#[a-z0-9_-]{1,80}|", optional=True),
        slack_secret=_text(table, "notify.slack_secret", r"(ssm|secretsmanager):.+|", optional=True),
    )


def _mode(entry: Any, name: str) -> Mode:
    key = f"environments.{name}"
    _only(_is_table(entry, key), f"{key}.", ("mode",))
    return Mode[_text(entry, f"{key}.mode", "off|observe|approve|enforce").upper()]


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    if key not in table:
        raise InvalidOrganization(f"[{key}] is missing")
    return _is_table(table[key], key)


def _is_table(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidOrganization(f"{key}: must be a table")
    return value


def _only(table: Mapping[str, Any], prefix: str, allowed: tuple[str, ...]) -> None:
    for key in table:
        if key not in allowed:
            raise InvalidOrganization(f"{prefix}{key}: unknown key; allowed are {', '.join(allowed)}")


def _text(table: Mapping[str, Any], key: str, allowed: str, *, optional: bool = False) -> str:
    name = key.rsplit(".", 1)[-1]
    value = table.get(name, "" if optional else None)
    if value is None:
        raise InvalidOrganization(f"{key} is missing")
    if not isinstance(value, str) or (value and not re.fullmatch(allowed, value)) or (not value and not optional):
        shown = "this value" if name in _WITHHELD else repr(value)
        raise InvalidOrganization(f"{key}: {shown} is not allowed; it must match {allowed}")
    return value
