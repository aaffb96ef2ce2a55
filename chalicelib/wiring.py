"""Puts an engine together from the hub's clients: for the deployed functions and the embedded AWS alike."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.accounts import Accounts, Clients
from chalicelib.acting import Hands, without_end
from chalicelib.catalogue import Catalogue
from chalicelib.dataclass import dataclass
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError
from chalicelib.guardrails import Facts
from chalicelib.ledger import Ledger
from chalicelib.notify import Notice, Targets, notify, refresh, wait
from chalicelib.notify.readiness import readiness
from chalicelib.notify.secrets import slack_secret, text_secret
from chalicelib.organization import Organization
from chalicelib.people import People, nobody
from chalicelib.switch import switch
from chalicelib.table import Table
from chalicelib.telling import Channels, Receipts, Teller

if TYPE_CHECKING:
    from chalicelib.slackapp.groups import Groups


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def new_token() -> str:
    """Return a name that no other attempt has."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine takes from outside: the hub's AWS clients by service, the clock, and the member clients.

    `left` gives the seconds that are left to act in.
    """

    hub: Callable[[str], Any]
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    token: Callable[[], str] = new_token
    clients: Clients | None = None
    left: Callable[[], float] = without_end


def engine(
    catalogue: Catalogue,
    organization: Organization,
    around: Surroundings,
    *,
    table: str,
    targets: Targets,
    external_id: str = "",
    members: Callable[[str], Collection[str]] = nobody,
) -> Engine:
    """Return the engine of an organization whose ledger is `table`, telling `targets`.

    `members` gives the users of a Slack user group.
    """
    accounts = Accounts(
        sts=around.hub("sts"),
        clock=around.clock,
        external_id=external_id,
        partition=organization.partition,
        role=organization.responder,
        clients=around.clients or Clients(),
    )
    ledger = Ledger(Table(around.hub("dynamodb"), table, around.sleep), around.clock, organization.open_hours * 3600)
    look = switch(lambda: around.hub("ssm"))

    def deliver(notice: Notice, already: Receipts, parent: Receipts) -> Receipts:
        return notify(notice, targets, already=_receipts(already), parent=_receipts(parent))

    def renew(notice: Notice, receipts: Receipts) -> Receipts:
        return refresh(notice, targets, _receipts(receipts))

    def ready(ask_slack: bool) -> Mapping[str, str]:
        return readiness(targets, ask_slack=ask_slack)

    channels = Channels(deliver, renew, wait, ready)
    return Engine(
        catalogue=catalogue,
        organization=organization,
        ledger=ledger,
        hands=Hands(accounts, around.sleep, organization.protected, around.left),
        teller=Teller(catalogue, organization, accounts, ledger, channels, around.clock),
        clock=around.clock,
        sleep=around.sleep,
        token=around.token,
        people=People(organization, members),
        facts=lambda: Facts(around.clock(), cache(look)),
    )


def deployed(
    catalogue: Catalogue, organization: Organization, around: Surroundings, *, table: str, topic: str
) -> Engine:
    """Return the engine of a deployment: with its external id, its channels and Slack's groups. Raises what reading
    the external id raises.
    """
    channels = organization.channels
    return engine(
        catalogue,
        organization,
        around,
        table=table,
        targets=Targets(
            sns=lambda: around.hub("sns"),
            topic_arn=topic,
            slack_reference=channels.slack_secret,
            channel=channels.slack_channel,
            escalation=channels.escalation,
        ),
        external_id=text_secret(organization.external_id) if organization.external_id else "",
        members=_members(channels.slack_secret),
    )


def _members(reference: str) -> Callable[[str], Collection[str]]:
    """Return what gives the members of a Slack user group: asked for where a group is among the approvers."""

    @cache
    def groups() -> Groups:
        from chalicelib.slackapp.groups import Groups  # noqa: PLC0415 (cold start)

        if not reference:
            raise CountermeasureError("organization.toml names no notify.slack_secret to ask Slack with")
        return Groups(lambda: slack_secret(reference))

    return lambda group: groups().members(group)


def _receipts(receipts: Receipts) -> dict[str, dict[str, str | int]]:
    return {name: dict(receipt) for name, receipt in receipts.items()}
