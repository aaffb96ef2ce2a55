"""A quarter of incidents in the embedded AWS, one a week, each ending in its own way, at times that are known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action
from chalicelib.engine import Engine
from chalicelib.errors import NotAllowed
from chalicelib.evidence.digests import write_up
from chalicelib.model import Mode
from chalicelib.organization import Exemption
from chalicelib.upkeep import tend
from cli.reports.audit import audit
from cli.reports.audit_report import AuditReport
from lab.organization import HUB, Lab, embedded
from lab.stage import prepare
from tests.deciding import ALICE, BOB, decided
from tests.incident_reports import GROUP, MINING, ROOT, TRAIL, Clock, refusing
from tests.replaying import event

START = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
CAROL = f"arn:aws:iam::{HUB}:user/carol"
PROD, STAGING, SANDBOX = "777788889999", "555566667777", "111122223333"
DEV, ARCHIVE = "444455556666", "999900001111"
ROOT_KEY = "cloudtrail.root_access_key_created/fires.own_key+cloudtrail.root_api_use"
USER = "cloudtrail.user_created/fires.by_a_user"
LAG = 20
"""Seconds from when AWS saw it until countermeasure hears of it, but where a test says otherwise."""

EXEMPTIONS = (
    Exemption("config.*", "moves to the new account", "jane@example.com", date(2026, 5, 1), Mode.APPROVE, "legacy-*"),
    Exemption("cloudtrail.security_group_*", "load tests", "qa@example.com", date(2026, 7, 30), account=STAGING),
    Exemption("guardduty.*", "research", "lab@example.com", date(2027, 1, 31), environment="sandbox"),
)


@dataclass(slots=True)
class Quarter:
    """The organization, what time it is there, and its incidents by what is told of them."""

    lab: Lab
    catalogue: Catalogue
    clock: Clock
    ids: dict[str, str] = field(default_factory=dict)

    def engine(self, catalogue: Catalogue | None = None) -> Engine:
        return self.lab.engine(catalogue or self.catalogue)

    def set_mode(self, mode: Mode, **more: Any) -> None:
        told = self.lab.organization.environments
        changed = {name: replace(its, mode=mode, **more) for name, its in told.items()}
        self.lab.organization = replace(self.lab.organization, environments=changed)

    def happens(self, name: str, what: str, mode: Mode, **more: Any) -> dict[str, Any]:
        """Answer an event a week after the one before, and return it. `more`: account, lag, refused, sample."""
        self.clock.later(days=7)
        self.set_mode(mode)
        self.lab.organization = replace(self.lab.organization, exemptions=EXEMPTIONS)
        seen = self.clock.now - timedelta(seconds=more.get("lag", LAG))
        told = _apart(event(what), len(self.ids), more.get("account", PROD), seen)
        if more.get("sample"):
            told["detail"]["service"]["additionalInfo"] = {"sample": True}
        stage = prepare(self.lab, self.catalogue, told)
        assert not stage.missing
        self.answer(name, dict(stage.event), refusing(self.catalogue, more["refused"]) if "refused" in more else None)
        return dict(stage.event)

    def answer(self, name: str, what: dict[str, Any], catalogue: Catalogue | None = None) -> None:
        [incident] = self.engine(catalogue).handle(what)
        self.ids[name] = incident.id

    def decides(self, name: str, action: Action, by: str, **more: Any) -> None:
        decided(self.engine(), action, self.ids[name], by=by, **more)

    def audit(self, since: datetime = START, until: datetime | None = None) -> AuditReport:
        now = self.clock.now
        return audit(self.engine().ledger, self.catalogue, self.lab.organization, since, until or now, now)


def _apart(what: dict[str, Any], number: int, account: str, seen: datetime) -> dict[str, Any]:
    """Return an event as another one, of an account, and of a time."""
    text = re.sub(r"2024-05-\d\dT[\d:.]+Z", f"{seen:%Y-%m-%dT%H:%M:%SZ}", json.dumps(what))
    told: dict[str, Any] = json.loads(text)
    told |= {"id": f"event-{number}", "account": account}
    for key in ("recipientAccountId", "accountId"):
        told["detail"] |= {key: account} if key in told["detail"] else {}
    for key in ("eventID", "id"):
        told["detail"] |= {key: f"finding-{number}"} if key in told["detail"] else {}
    return told


@contextmanager
def quarter(catalogue: Catalogue, *, few: bool = False) -> Iterator[Quarter]:
    """Have incidents end in each way that incidents end, weeks apart; or a `few` of them, that people decided about."""
    with embedded() as lab:
        made = Quarter(lab, catalogue, Clock(START))
        lab.clock = made.clock
        if not few:
            _by_itself(made)
        _by_people(made)
        made.clock.later(minutes=10)
        tend(made.engine())
        write_up(made.engine().ledger.table, made.clock())
        yield made


def _by_itself(made: Quarter) -> None:
    made.happens("contained", TRAIL, Mode.ENFORCE)
    made.happens("several", MINING, Mode.ENFORCE, account=DEV, lag=300)
    again = made.happens("made good", TRAIL, Mode.ENFORCE, account=DEV, refused="cloudtrail.start_logging")
    made.answer("made good", again)  # Lambda tries again
    made.happens("failed", TRAIL, Mode.ENFORCE, account=STAGING, refused="cloudtrail.start_logging")
    made.decides("failed", Action.ACKNOWLEDGE, CAROL)
    made.happens("partly", MINING, Mode.ENFORCE, account=ARCHIVE, refused="ec2.isolate_instance")
    made.happens("observed", GROUP, Mode.OBSERVE)
    made.happens("told only", ROOT, Mode.ENFORCE)
    made.happens("critical", ROOT_KEY, Mode.ENFORCE)
    made.happens("low", USER, Mode.ENFORCE, account=DEV)
    made.happens("exempt", GROUP, Mode.ENFORCE, account=STAGING)
    made.happens("sample", MINING, Mode.ENFORCE, sample=True)
    tend(made.engine())  # also says that an exemption is over


def _by_people(made: Quarter) -> None:
    made.happens("undone", GROUP, Mode.ENFORCE)
    made.clock.later(hours=3)
    made.decides("undone", Action.UNDO, BOB, reason="agreed upon")
    made.happens("approved", TRAIL, Mode.APPROVE, account=SANDBOX)
    made.clock.later(minutes=2)
    with suppress(NotAllowed):
        made.decides("approved", Action.APPROVE, "slack:U0STRANGER")
    made.decides("approved", Action.APPROVE, ALICE)
    made.happens("denied", GROUP, Mode.APPROVE, account=SANDBOX)
    made.clock.later(minutes=10)
    made.decides("denied", Action.DENY, BOB, reason="our own test")
    made.happens("expired", TRAIL, Mode.APPROVE, account=ARCHIVE)
    for _ in range(2):  # it is escalated, then given up
        made.clock.later(minutes=61)
        tend(made.engine())
    made.happens("waiting", TRAIL, Mode.APPROVE, account=HUB)
