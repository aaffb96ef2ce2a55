"""One security group that is opened in a lab: the events about it, the engine that answers, and who witnesses that."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import time_machine
from botocore.exceptions import ClientError

from chalicelib.catalogue import Catalogue, of
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.errors import Busy, CountermeasureError, UnknownIncident
from chalicelib.findings import parse
from chalicelib.ledger import HOLD_SECONDS, Stored
from chalicelib.ledger.begun import begun_of
from chalicelib.ledger.keys import BEGUN, resource_head
from chalicelib.model import Change, Finding, Mode, State
from chalicelib.units import Unit, incident_id, units
from chalicelib.upkeep import tend
from chalicelib.wiring import utc_now
from lab.crashing import Crash, Fuse, gated
from lab.network import tcp
from lab.organization import Lab, embedded
from lab.slack import Slack
from lab.stage import prepare
from torture.subjects import EVENTS, catalogue
from torture.witness import Witness
from torture.world import read

UNIT = "ec2.revoke_open_ingress"
OPENED = EVENTS / "cloudtrail.security_group_opened" / "fires.ipv4.json"


@dataclass(slots=True)
class Group:
    """The group, in an environment that answers in `mode`; `happened` counts what happens to it."""

    lab: Lab
    clock: time_machine.Traveller
    mode: Mode
    event: dict[str, Any]
    happened: Counter[str]
    moments: int = 0
    revision: int = 0
    finding: Finding = field(init=False)
    unit: Unit = field(init=False)
    witness: Witness = field(init=False)
    catalogue: Catalogue = field(init=False)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        known = catalogue()
        [self.finding] = parse(self.numbered(0))
        [self.unit] = units(self.finding, known.match(self.event))
        self.witness = Witness(known.remediations[UNIT], self.mode, self.recorded)
        witnessed = replace(self.witness.remediation, write=self.witness.write)
        rules = {
            id_: replace(each, respond=tuple(witnessed if own.id == UNIT else own for own in each.respond))
            for id_, each in known.rules.items()
        }
        self.catalogue = of(rules, {**known.remediations, UNIT: witnessed})
        self.engine = self.lab.engine(self.catalogue)

    def deliver(self, number: int) -> None:
        """The event, again or another one like it: another finding on the same resource."""
        self.happened["deliveries"] += 1
        self.attempt(lambda: self.engine.handle(self.numbered(number)))

    def update(self, *, news: bool) -> None:
        """A source sends the same finding again, with or without news of it."""
        self.happened["updates of a finding"] += 1
        self.revision += news
        finding = replace(self.finding, id="watched", revision=str(self.revision))
        self.attempt(lambda: self.engine.answer(finding, self.catalogue.match(self.event)))

    def tend(self) -> None:
        """The schedule runs."""
        self.attempt(lambda: tend(self.engine))

    def open(self, port: int) -> None:
        """Somebody lets the world in."""
        ec2 = self.lab.boto(self.unit.resource.account, self.unit.resource.region).client("ec2")
        with suppress(ClientError):  # it is open already
            ec2.authorize_security_group_ingress(GroupId=self.unit.resource.id, IpPermissions=[tcp(port, "0.0.0.0/0")])

    def crash(self, number: int, *, after: bool, does: Callable[[], None]) -> bool:
        """Have the process die at its n-th write; tell if it came so far. Another one comes, which remembers nothing.

        By then the hold of the dead one has lapsed.
        """
        try:
            with gated(Fuse(number, after=after, writes_only=True)):
                does()
        except Crash:
            self.happened["deaths"] += 1
            self.witness.lives += 1
            self.engine = self.lab.engine(self.catalogue)
            self.clock.shift(HOLD_SECONDS + 1)
            return True
        return False

    def decide(self, action: Action, by: str, **more: Any) -> bool | None:
        """Decide, at a moment that no other decision has; return False where it is refused."""
        self.moments += 1
        at = self.engine.clock().replace(microsecond=self.moments).isoformat(timespec="microseconds")
        decision = Decision(action, self.incident, by, at, "command", **more)
        done = self.attempt(lambda: decide(self.engine, decision))
        self.happened["decisions done" if done else "decisions refused"] += 1
        return done

    def attempt(self, do: Callable[[], object]) -> bool | None:
        """Do something; return False where it is refused, None where others are at work."""
        try:
            do()
        except Busy:
            return None
        except CountermeasureError:
            return False
        return True

    def numbered(self, number: int) -> dict[str, Any]:
        """Return the event as CloudTrail numbers it."""
        event = copy.deepcopy(self.event)
        event["detail"]["eventID"] = f"event-{number}"
        return event

    @property
    def incident(self) -> str:
        return incident_id(self.finding)

    def there(self) -> State:
        """Return what is there now."""
        return read(self.lab, self.unit, self.incident)

    def stored(self) -> Stored:
        """Return the incident as the ledger has it."""
        return self.engine.ledger.load(self.incident)

    def recorded(self) -> list[Change]:
        """Return every change of the incident, those included that an attempt at work, or dead, has only begun."""
        head = resource_head(self.unit.resource.key)
        item = self.engine.ledger.table.get([head]).get(head, {})
        begun = begun_of(item[BEGUN]).changes if BEGUN in item else ()
        with suppress(UnknownIncident):
            there = {change.id for change in begun}
            return [*(change for change in self.stored().changes if change.id not in there), *begun]
        return list(begun)


def opened(stack: ExitStack, mode: Mode, happened: Counter[str], *, another: bool) -> Group:
    """Return a group that was just opened, in a lab and a time of its own until the stack is closed.

    `another`: an undo needs the approval of somebody else.
    """
    clock = stack.enter_context(time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False))
    lab = stack.enter_context(embedded())
    lab.slack = Slack(clock=lambda: utc_now().timestamp())
    lab.reset(mode)
    places = {name: replace(place, undo_by_another=another) for name, place in lab.organization.environments.items()}
    lab.organization = replace(lab.organization, environments=places)
    event = dict(prepare(lab, catalogue(), json.loads(OPENED.read_text())).event)
    return Group(lab, clock, mode, event, happened)
