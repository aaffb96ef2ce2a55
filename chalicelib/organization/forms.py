"""What the values of organization.toml must look like, and what they may refer to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.errors import InvalidOrganization
from chalicelib.model import Mode
from chalicelib.toml_reading import text, texts

ACCOUNT = r"[0-9]{12}"
ENVIRONMENT = r"[a-z0-9-]+"
MODES = "off|observe|approve|enforce"
KEPT_AT = r"(ssm|secretsmanager):.+|"
CHANNEL = r"[CGD][A-Z0-9]{6,20}|#[a-z0-9_-]{1,80}|"
APPROVER = r"[UWS][A-Z0-9]{6,20}|arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]{1,576}"
PRINCIPAL = r"arn:aws[a-z-]*:iam::([0-9]{12}|\*):(role|user)/[\w+=,.@/*-]{1,576}"
RESOURCE = r"[\w+=,.@:/#*-]{1,1024}"
"""A name, an id or an ARN, in which `*` stands for anything."""

RULE = r"[a-z0-9_]+\.[a-z0-9_]+"
RULES = r"[a-z0-9_.*]+"
TAG = r"[\w .:/=+@-]{1,128}"
SAID = r"[^\x00-\x1f\x7f]{1,200}"
"""A reason, or who is asked about it: one line."""

SLACK_USER = r"[UW][A-Z0-9]{6,20}"
PERSON = r"root@[0-9]{12}|(?!root@)[\w+=,.@-]{1,128}"
"""An IAM user or session name (IAM and STS quotas), or a root user."""

DIGESTS = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_.-]{1,100}){1,5}"
"""A bucket and a prefix: nothing in it could stand for more than itself in a policy."""

_ACCOUNT_OR_NONE, _ENVIRONMENT_OR_NONE = rf"{ACCOUNT}|", rf"{ENVIRONMENT}|"


@dataclass(frozen=True, slots=True)
class Known:
    """The environments of the file, and its accounts by id: None where AWS Organizations may know others."""

    environments: Collection[str]
    accounts: Collection[str] | None

    def environment(self, name: str, key: str) -> str:
        """Return the name. Raises InvalidOrganization where the file has no such environment."""
        if name not in self.environments:
            raise InvalidOrganization(f"{key}: no such environment; use one of {', '.join(self.environments)}")
        return name

    def account(self, id_: str, key: str) -> str:
        """Return the id. Raises InvalidOrganization where it is none, or of an account that nobody named."""
        if not re.fullmatch(ACCOUNT, id_):
            raise InvalidOrganization(f"{key}: an account id has 12 digits")
        if self.accounts is not None and id_ not in self.accounts:
            raise InvalidOrganization(f"{key}: {id_} is in no environment; name it in [accounts]")
        return id_


def mode_of(within: Mapping[str, Any], key: str, allowed: str = MODES) -> Mode:
    """Return the mode of a key that must be there."""
    return Mode[text(within, key, allowed).upper()]


def principals(found: Mapping[str, Any], key: str, partition: str) -> tuple[str, ...]:
    """Return ARN patterns of roles and users, all of one partition."""
    return in_partition(texts(found, key, PRINCIPAL), key, partition)


def in_partition(patterns: tuple[str, ...], key: str, partition: str) -> tuple[str, ...]:
    """Return patterns, of which the ARNs must be of one partition."""
    for pattern in patterns:
        if pattern.startswith("arn:") and not pattern.startswith((f"arn:{partition}:", "arn:*:")):
            raise InvalidOrganization(f"{key}: {pattern} is not in the partition {partition}")
    return patterns


def place(found: Mapping[str, Any], key: str, known: Known) -> tuple[str, str]:
    """Return the environment and the account that an entry is for, "" where it does not say."""
    environment = text(found, f"{key}.environment", _ENVIRONMENT_OR_NONE, optional=True)
    account = text(found, f"{key}.account", _ACCOUNT_OR_NONE, optional=True)
    if environment:
        known.environment(environment, f"{key}.environment")
    if account:
        known.account(account, f"{key}.account")
    return environment, account
