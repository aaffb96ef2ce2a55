"""Puts an engine together from the hub's clients: for the deployed functions and the embedded AWS alike."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.accounts import Accounts, Clients
from chalicelib.acting import Hands
from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.incidents import Receipts, Teller
from chalicelib.ledger import Ledger
from chalicelib.notify import Notice, Targets, notify
from chalicelib.organization import Organization
from chalicelib.table import Table


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def new_token() -> str:
    """Return a name that no other attempt has."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine takes from outside: the hub's AWS clients by service, the clock, and the member clients."""

    hub: Callable[[str], Any]
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    token: Callable[[], str] = new_token
    clients: Clients | None = None


def engine(
    catalogue: Catalogue,
    organization: Organization,
    around: Surroundings,
    *,
    table: str,
    targets: Targets,
    external_id: str = "",
) -> Engine:
    """Return the engine of an organization whose ledger is `table`, telling `targets`."""
    accounts = Accounts(
        sts=around.hub("sts"),
        clock=around.clock,
        external_id=external_id,
        partition=organization.partition,
        role=organization.responder,
        clients=around.clients or Clients(),
    )
    ledger = Ledger(Table(around.hub("dynamodb"), table), around.clock)

    def deliver(notice: Notice, already: Receipts, parent: Receipts) -> Receipts:
        return notify(notice, targets, already=_receipts(already), parent=_receipts(parent))

    return Engine(
        catalogue=catalogue,
        organization=organization,
        ledger=ledger,
        hands=Hands(accounts, around.sleep),
        teller=Teller(catalogue, organization, accounts, ledger, deliver),
        clock=around.clock,
        sleep=around.sleep,
        token=around.token,
    )


def _receipts(receipts: Receipts) -> dict[str, dict[str, str | int]]:
    return {name: dict(receipt) for name, receipt in receipts.items()}
