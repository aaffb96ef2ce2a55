"""The organization as organization.toml tells it: accounts, environments, how far we may go, and whom to tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.accounts import RESPONDER, home_region
from chalicelib.errors import InvalidOrganization
from chalicelib.model import Mode
from chalicelib.toml_reading import is_table, only, table, text, texts

OU = r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32}"
"""The id of an organizational unit, or of the root (Organizations API reference, "OrganizationalUnit", "Root")."""

_ACCOUNT = r"[0-9]{12}"
_ENVIRONMENT = r"[a-z0-9-]+"
_REGION = {
    "aws-cn": r"cn-[a-z]+-[0-9]",
    "aws-us-gov": r"us-gov-[a-z]+-[0-9]",
    "aws": r"(?!cn-|us-gov-)[a-z]{2}-[a-z]+-[0-9]",
}
_APPROVER = r"[UWS][A-Z0-9]{6,20}|arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]{1,576}"
_PRINCIPAL = r"arn:aws[a-z-]*:iam::([0-9]{12}|\*):(role|user)/[\w+=,.@/*-]{1,576}"
_TAG = r"[\w .:/=+@-]{1,128}"


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
class Protected:
    """What is never changed: principals by ARN pattern, resources by tag (key -> value). `*` stands for anything."""

    principals: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Organization:
    """An AWS organization: environments by name with their mode, accounts by id.

    `ous` maps organizational units to the environment of the accounts in them, `approvers` an environment to who may
    approve there: Slack users (`U...`, `W...`) and user groups (`S...`), IAM roles and users by ARN.
    `regions` are governed: events are heard and answered there. `allowed_regions` may be used; empty: all may.
    """

    id: str
    hub: str
    environments: Mapping[str, Mode]
    accounts: Mapping[str, Account]
    channels: Channels = field(default_factory=Channels)
    external_id: str = ""  # where the external id is kept: `ssm:/path` or `secretsmanager:name`
    partition: str = "aws"
    responder: str = RESPONDER
    regions: tuple[str, ...] = ()
    allowed_regions: tuple[str, ...] = ()
    protected: Protected = field(default_factory=Protected)
    approvers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ous: Mapping[str, str] = field(default_factory=dict)

    def account(self, account_id: str) -> Account | None:
        """Return the account of that id, or None where neither the file nor AWS Organizations names it."""
        return self.accounts.get(account_id)

    def mode(self, account_id: str) -> Mode | None:
        """Return the mode of the account's environment; None for an account that we do not know."""
        account = self.accounts.get(account_id)
        return self.environments[account.environment] if account else None

    @property
    def heard_in(self) -> tuple[str, ...]:
        """The regions in which events are heard: the governed ones, and always the home of IAM and of sign-ins."""
        return tuple(dict.fromkeys((home_region(self.partition), *self.regions)))

    @property
    def asks_aws(self) -> bool:
        """Whether AWS Organizations must be asked for accounts of units, or for names that the file leaves out."""
        return bool(self.ous) or any(account.name == account.id for account in self.accounts.values())


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
        told = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InvalidOrganization(f"not TOML: {error}") from error
    only(told, "", ("organization", "environments", "accounts", "regions", "protected", "notify"))
    top = table(told, "organization")
    only(top, "organization.", ("id", "hub", "external_id", "partition"))
    partition = text(top, "organization.partition", r"aws(-[a-z-]+)?", optional=True) or "aws"
    places = {name: is_table(entry, f"environments.{name}") for name, entry in table(told, "environments").items()}
    environments = {name: _mode(entry, name) for name, entry in places.items()}
    ous = _placed(places, "ous", OU)
    listed = _placed(places, "accounts", _ACCOUNT)
    named = told.get("accounts", {}) if ous or listed else table(told, "accounts")
    governed, allowed = _regions(told.get("regions", {}), partition)
    return Organization(
        id=text(top, "organization.id", r"o-[a-z0-9]{10,32}"),
        hub=text(top, "organization.hub", _ACCOUNT),
        environments=environments,
        accounts=_accounts(is_table(named, "accounts"), listed, environments),
        channels=_channels(told.get("notify", {})),
        external_id=text(top, "organization.external_id", r"(ssm|secretsmanager):.+|", optional=True),
        partition=partition,
        regions=governed,
        allowed_regions=allowed,
        protected=_protected(told.get("protected", {}), partition),
        approvers={name: found for name, entry in places.items() if (found := _approvers(entry, name))},
        ous=ous,
    )


def _mode(entry: Mapping[str, Any], name: str) -> Mode:
    key = f"environments.{name}"
    if not re.fullmatch(_ENVIRONMENT, name):
        raise InvalidOrganization(f"{key}: the name is not allowed; it must match {_ENVIRONMENT}")
    only(entry, f"{key}.", ("mode", "accounts", "ous", "approvers"))
    return Mode[text(entry, f"{key}.mode", "off|observe|approve|enforce").upper()]


def _approvers(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return texts(entry, f"environments.{name}.approvers", _APPROVER)


def _placed(places: Mapping[str, Mapping[str, Any]], kind: str, allowed: str) -> dict[str, str]:
    """Return what the environments list under a key, each with its environment: nothing is in two of them."""
    found: dict[str, str] = {}
    for name, entry in places.items():
        for id_ in texts(entry, f"environments.{name}.{kind}", allowed):
            if id_ in found:
                raise InvalidOrganization(f"environments.{name}.{kind}: {id_} is in environments.{found[id_]} already")
            found[id_] = name
    return found


def _accounts(
    named: Mapping[str, Any], listed: Mapping[str, str], environments: Mapping[str, Mode]
) -> dict[str, Account]:
    """Return every account of the file. One that only its environment lists is named by its id."""
    accounts = {id_: _account(id_, entry, listed.get(id_, ""), environments) for id_, entry in named.items()}
    return {**{id_: Account(id_, id_, environment) for id_, environment in listed.items()}, **accounts}


def _account(id_: str, entry: Any, listed: str, environments: Mapping[str, Mode]) -> Account:
    key = f"accounts.{id_}"
    if not re.fullmatch(_ACCOUNT, id_):
        raise InvalidOrganization(f"{key}: an account id has 12 digits")
    only(is_table(entry, key), f"{key}.", ("name", "environment"))
    environment = text(entry, f"{key}.environment", _ENVIRONMENT, optional=bool(listed)) or listed
    if environment not in environments:
        raise InvalidOrganization(f"{key}.environment: no such environment; use one of {', '.join(environments)}")
    if listed not in {"", environment}:
        raise InvalidOrganization(f"{key}.environment: {id_} is in environments.{listed} already")
    return Account(id_, text(entry, f"{key}.name", r"[\w .@-]{1,64}"), environment)


def _regions(entry: Any, partition: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
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


def _protected(entry: Any, partition: str) -> Protected:
    found = is_table(entry, "protected")
    only(found, "protected.", ("principals", "tags"))
    principals = texts(found, "protected.principals", _PRINCIPAL)
    for principal in principals:
        if not principal.startswith(f"arn:{partition}:"):
            raise InvalidOrganization(f"protected.principals: {principal} is not in the partition {partition}")
    tags = is_table(found.get("tags", {}), "protected.tags")
    for key, value in tags.items():
        if not isinstance(value, str) or not re.fullmatch(_TAG, key) or not re.fullmatch(rf"\*|{_TAG}", value):
            raise InvalidOrganization(f"protected.tags: {key!r} = {value!r} is not allowed; both must match {_TAG}")
    return Protected(principals, tags)


def _channels(entry: Any) -> Channels:
    found = is_table(entry, "notify")
    only(found, "notify.", ("topic", "slack_channel", "slack_secret"))
    return Channels(
        topic=text(found, "notify.topic", r"arn:aws[a-z-]*:sns:.+|", optional=True),
        slack_channel=text(found, "notify.slack_channel", r"[CGD][A-Z0-9]{6,20}|#[a-z0-9_-]{1,80}|", optional=True),
        slack_secret=text(found, "notify.slack_secret", r"(ssm|secretsmanager):.+|", optional=True),
    )
