"""Accounts as AWS Organizations knows them: their names, and their environment by organizational unit; kept a while.

May be asked from the management account and from delegated administrators of an AWS service, such as the hub
(Organizations API reference, "ListAccounts"). Needs organizations:ListAccounts, organizations:ListAccountsForParent and
organizations:ListOrganizationalUnitsForParent.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts import describe
from chalicelib.errors import Busy
from chalicelib.organization import Account, Organization
from chalicelib.table import Key, Table, Write

FRESH_SECONDS = 3600
"""How long what AWS Organizations said is taken as it is: so long may a moved account keep its old environment."""

STALE_SECONDS = 24 * 3600
"""How long it is still taken when AWS Organizations cannot be asked; after that, only what the file says counts."""

AGAIN_SECONDS = 60
"""How long AWS Organizations is left alone after it could not be asked."""

_HEAD: Key = ("directory", "accounts")

_logger = logging.getLogger(__name__)


def joined(organization: Organization, client: Any, table: Table | None, clock: Callable[[], datetime]) -> Organization:
    """Return the organization with its accounts as AWS Organizations knows them, looked up when first needed.

    `client` is an Organizations client, `table` the ledger's, which keeps the answer for the other functions. Where the
    file names every account with its environment, the organization is returned as it is, and nobody is asked.
    """
    if not organization.asks_aws:
        return organization
    return replace(organization, accounts=Members(organization, client, table, clock))


@dataclass(slots=True)
class Members(Mapping[str, Account]):
    """Every account that we know, by id. Never raises for AWS: an account that cannot be looked up is unknown."""

    organization: Organization
    client: Any
    table: Table | None
    clock: Callable[[], datetime]
    _known: Mapping[str, Account] = field(default_factory=dict)
    _until: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __getitem__(self, account_id: str) -> Account:
        return self._now()[account_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> Mapping[str, Account]:
        now = int(self.clock().timestamp())
        with self._lock:
            if now >= self._until:
                found, self._until = self._look(now)
                self._known = _merged(self.organization, found)
            return self._known

    def _look(self, now: int) -> tuple[Mapping[str, Account], int]:
        """Return what is known of AWS Organizations, and until when: what is kept, else what it answers."""
        try:
            kept, at = self._kept()
            if now - at < FRESH_SECONDS:
                return kept, at + FRESH_SECONDS
        except (BotoCoreError, ClientError) as error:
            kept, at = {}, 0
            _logger.warning("the ledger does not give the accounts: %s", describe(error))
        try:
            found = ask(self.client, self.organization.ous)
        except (BotoCoreError, ClientError) as error:
            _logger.warning("AWS Organizations does not tell the accounts: %s", describe(error))
            return (kept if now - at < STALE_SECONDS else {}), now + AGAIN_SECONDS
        self._keep(found, now)
        return found, now + FRESH_SECONDS

    def _kept(self) -> tuple[Mapping[str, Account], int]:
        """Return what another function has asked for, as far as it was asked for the same units, and when."""
        item = self.table.get([_HEAD]).get(_HEAD, {}) if self.table else {}
        if not item or item["asked_for"] != _asked_for(self.organization):
            return {}, 0
        return {id_: Account(id_, *told) for id_, told in json.loads(item["body"]).items()}, int(item["read_at"])

    def _keep(self, found: Mapping[str, Account], now: int) -> None:
        if self.table is None:
            return
        body = {id_: [account.name, account.environment] for id_, account in found.items()}
        item = {"body": body, "read_at": now, "asked_for": _asked_for(self.organization)}
        try:
            self.table.write([Write(_HEAD, item)])
        except (BotoCoreError, ClientError, Busy) as error:
            _logger.warning("the ledger does not keep the accounts: %s", describe(error))


def ask(client: Any, ous: Mapping[str, str]) -> dict[str, Account]:
    """Return every account that is not suspended, by id, as AWS Organizations tells it.

    Its environment is that of the nearest unit above it which `ous` maps to one; "" where none does. Raises what the
    client raises.
    """
    pages = client.get_paginator("list_accounts").paginate()
    names = {each["Id"]: each["Name"] for page in pages for each in page["Accounts"] if each["Status"] != "SUSPENDED"}
    environments: dict[str, str] = {}
    seen: set[str] = set()
    waiting = list(ous.items())
    while waiting:
        unit, environment = waiting.pop()
        if unit in seen:
            continue
        seen.add(unit)
        pages = client.get_paginator("list_accounts_for_parent").paginate(ParentId=unit)
        environments.update((each["Id"], environment) for page in pages for each in page["Accounts"])
        pages = client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=unit)
        within = [each["Id"] for page in pages for each in page["OrganizationalUnits"]]
        waiting += [(each, ous.get(each, environment)) for each in within]
    return {id_: Account(id_, _shown(name) or id_, environments.get(id_, "")) for id_, name in sorted(names.items())}


def _merged(organization: Organization, found: Mapping[str, Account]) -> dict[str, Account]:
    """Return the accounts that are in an environment. The file decides; AWS Organizations gives the names it omits."""
    named = {
        id_: replace(each, name=found[id_].name) if each.name == id_ and id_ in found else each
        for id_, each in organization.accounts.items()
    }
    return {**{id_: each for id_, each in found.items() if each.environment in organization.environments}, **named}


def _asked_for(organization: Organization) -> str:
    return json.dumps(organization.ous, sort_keys=True)


def _shown(name: str) -> str:
    """Return an account's name as the file may have it: it was typed by whoever made the account."""
    return re.sub(r"[^\w .@-]", " ", name)[:64].strip()
