"""A night of incidents in the embedded AWS, at times that a test can count on, and their reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.catalogue import Catalogue, of
from chalicelib.decision import Action
from chalicelib.engine import Engine
from chalicelib.ledger.keys import incident_pk
from chalicelib.model import Mode
from chalicelib.table import Item
from chalicelib.upkeep import tend
from cli.deployed import Deployed
from cli.hub import Hub
from cli.report import read
from cli.reports.incident import IncidentReport
from lab.organization import HUB, Lab, embedded
from lab.stage import prepare
from tests.deciding import ALICE, BOB, decided
from tests.replaying import event

SEEN = datetime(2024, 5, 14, 3, 12, 45, tzinfo=UTC)
"""When the events of tests/events were seen."""

TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
GROUP = "cloudtrail.security_group_opened/fires.ipv4"
MINING = "guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool"
ROOT = "signin.root_login/fires.with_mfa"


@dataclass(slots=True)
class Clock:
    """What time it is: a millisecond later whenever somebody looks, and as much later as it is moved."""

    now: datetime = SEEN + timedelta(seconds=5)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)


@dataclass(slots=True)
class Night:
    """The organization, what time it is there, and the incidents so far by what is told of them."""

    lab: Lab
    catalogue: Catalogue
    clock: Clock
    incidents: dict[str, str] = field(default_factory=dict)

    def hub(self, stage: str = "prod") -> Hub:
        ours = self.lab.organization
        to = Deployed(stage, "us-east-1", ours, lambda service, _: self.lab.hub(service))
        return Hub(to, self.engine().ledger, ours.channels.topic, self.catalogue, ours)

    def engine(self, catalogue: Catalogue | None = None) -> Engine:
        return self.lab.engine(catalogue or self.catalogue)

    def items(self, name: str) -> Mapping[str, Item]:
        return self.engine().ledger.table.query(incident_pk(self.incidents[name]))

    def report(self, name: str, stage: str = "prod") -> IncidentReport:
        return read(self.hub(stage), self.incidents[name], self.clock())

    def happens(self, name: str, what: str, mode: Mode, catalogue: Catalogue | None = None) -> None:
        """Answer an event in an account of its own, where countermeasure may go so far."""
        told = self.lab.organization.environments
        changed = {env: replace(its, mode=mode) for env, its in told.items()}
        self.lab.organization = replace(self.lab.organization, environments=changed)
        stage = prepare(self.lab, self.catalogue, _apart(event(what), len(self.incidents)))
        assert not stage.missing
        [incident] = self.engine(catalogue).handle(stage.event)
        self.incidents[name] = incident.id


def _apart(what: dict[str, Any], number: int) -> dict[str, Any]:
    """Return an event as another one, of another account."""
    detail, account = what["detail"], f"{number + 1:012d}"
    what |= {"id": f"event-{number}", "account": account}
    for key in ("recipientAccountId", "accountId"):
        detail |= {key: account} if key in detail else {}
    for key in ("eventID", "id"):
        detail |= {key: f"finding-{number}"} if key in detail else {}
    return what


def refusing(catalogue: Catalogue, remediation: str) -> Catalogue:
    """Return the catalogue with a remediation whose write AWS refuses, after one call that it answers."""

    def write(aws: Any, resource: Any, now: Any, then: Any) -> None:
        aws.client("cloudtrail").get_trail_status(Name=resource.id)
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "StartLogging")

    unit = replace(catalogue.remediations[remediation], write=write)
    rules = {
        id_: replace(rule, respond=tuple(unit if own.id == remediation else own for own in rule.respond))
        for id_, rule in catalogue.rules.items()
    }
    return of(rules, {**catalogue.remediations, remediation: unit})


@contextmanager
def night(catalogue: Catalogue) -> Iterator[Night]:
    """Have an incident end in each way that incidents end."""
    with embedded() as lab:
        made = Night(lab, catalogue, Clock())
        lab.clock = made.clock
        made.happens("contained", TRAIL, Mode.ENFORCE)
        made.happens("several", MINING, Mode.ENFORCE)
        made.happens("observed", GROUP, Mode.OBSERVE)
        made.happens("told only", ROOT, Mode.ENFORCE)
        made.happens("failed", TRAIL, Mode.ENFORCE, refusing(catalogue, "cloudtrail.start_logging"))
        made.happens("undone", GROUP, Mode.ENFORCE)
        for name in ("awaiting", "approved", "denied"):
            made.happens(name, GROUP, Mode.APPROVE)
        made.clock.later(minutes=2)
        engine = made.engine()
        decided(engine, Action.APPROVE, made.incidents["approved"], by=ALICE)
        decided(engine, Action.DENY, made.incidents["denied"], by=BOB, reason="our own test")
        made.clock.later(hours=3, minutes=5)
        decided(engine, Action.UNDO, made.incidents["undone"], by=BOB, reason="agreed upon")
        made.clock.later(seconds=5)
        decided(engine, Action.ACKNOWLEDGE, made.incidents["undone"], by=f"arn:aws:iam::{HUB}:user/carol")
        tend(engine)
        yield made
