"""What the functions are given when they run in the hub: clients, the ledger's table, an engine. Each is made once."""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.metrics import Metrics

from chalicelib import catalogue, observing, organization, wiring
from chalicelib.aws import client
from chalicelib.engine import Engine
from chalicelib.ledger import Ledger
from chalicelib.notify.secrets import SlackSecret, slack_secret
from chalicelib.organization import Organization
from chalicelib.patterns import SOURCES
from chalicelib.table import Table

if TYPE_CHECKING:
    from chalicelib.slackapp.endpoint import Endpoint

ORGANIZATION = Path(__file__).parents[1] / "organization.toml"
EVERY_SOURCE = ""
"""For functions that answer no source: what people decide, and what is due, may concern any rule."""

metrics = Metrics(namespace=observing.NAMESPACE, service=os.environ.get("POWERTOOLS_SERVICE_NAME", "countermeasure"))


SHORT = 45
"""Seconds: a function that may run for less has no time to divide."""

_invocation: dict[str, Callable[[], int] | None] = {}
"""What tells how much time this invocation has left, in milliseconds."""


def within_time(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Have the engine know how much time an invocation has (middleware). One that is short tries what it can."""
    left = getattr(getattr(event, "context", None), "get_remaining_time_in_millis", None)
    _invocation["left"] = left if left and left() >= SHORT * 1000 else None
    return get_response(event)


def time_left() -> float:
    """Return the seconds that this invocation has left; outside of Lambda there is no end."""
    left = _invocation.get("left")
    return left() / 1000 if left else math.inf


@cache
def engine(source: str = EVERY_SOURCE) -> Engine:
    """Return the engine of one function, with the rules of its source alone; made at the first event."""
    ours = accounts_known(organization.read(ORGANIZATION))
    made = wiring.deployed(
        loaded(source),
        ours,
        wiring.Surroundings(hub=client, left=time_left),
        table=os.environ["LEDGER_TABLE"],
        topic=ours.channels.topic or os.environ.get("TOPIC_ARN", ""),
    )
    channels = made.teller.channels
    counted = replace(channels, deliver=observing.counting(channels.deliver, metrics))
    return replace(made, teller=replace(made.teller, channels=counted))


@cache
def endpoint() -> Endpoint:
    """Return what answers Slack: it needs no rules, and enters no account."""
    from chalicelib.slackapp.endpoint import Endpoint  # noqa: PLC0415 (cold start)

    reference = organization.read(ORGANIZATION).channels.slack_secret

    def hand_over(decision: str) -> None:
        client("lambda").invoke(
            FunctionName=os.environ["DECIDE_FUNCTION"], InvocationType="Event", Payload=decision.encode()
        )

    return Endpoint(secret_of(reference), ledger(), hand_over, wiring.utc_now)


def secret_of(reference: str) -> Callable[[], SlackSecret]:
    """Return what reads the Slack secret, an empty one where none is configured."""
    return lambda: slack_secret(reference) if reference else SlackSecret()


def accounts_known(ours: Organization) -> Organization:
    """Return the organization with the accounts that only AWS Organizations knows, if the file leaves any to it."""
    if not ours.asks_aws:
        return ours
    from chalicelib.directory import joined  # noqa: PLC0415 (cold start)

    return joined(ours, client("organizations"), table(), wiring.utc_now)


def ledger() -> Ledger:
    """Return the ledger."""
    return Ledger(table(), wiring.utc_now)


def table() -> Table:
    """Return the ledger's table."""
    return Table(client("dynamodb"), os.environ["LEDGER_TABLE"])


@cache
def loaded(source: str = EVERY_SOURCE) -> catalogue.Catalogue:
    """Return the rules of one source, or of all, with their remediations."""
    return catalogue.load(sources=(source,)) if source else catalogue.load()


def prepare(handler: str) -> None:
    """Do before the first event what every event needs: Lambda gives a starting function more of a processor.

    Hardly anything that is made now is garbage, ever: the collector does not look for it, now or later.
    """
    gc.disable()
    name = handler.rpartition(".")[2]
    match name:
        case "heartbeat":
            needed: tuple[str, ...] = ("events",)
        case "app":  # the handler of Chalice's API function is the app itself
            endpoint()
            needed = ("lambda",)
        case _:
            loaded(name if name in SOURCES else EVERY_SOURCE)
            needed = ("sts", "dynamodb", "sns")
    for service in needed:
        client(service)
    gc.freeze()
    gc.enable()
