"""A ledger with a history, sealed and digested as the schedules do it; and how it looks to who tampers with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action
from chalicelib.engine import Engine
from chalicelib.evidence import Fault, Seal, seals_of
from chalicelib.evidence.digests import write_up
from chalicelib.evidence.hashing import is_record, kind
from chalicelib.evidence.seals import hash_of, write_of
from chalicelib.ledger.keys import incident_pk
from chalicelib.model import Mode
from chalicelib.table import Key
from chalicelib.upkeep import tend
from cli.digest_copies import Copies
from cli.ledger_proof import Proof, prove
from lab.crashing import Call, gated
from lab.organization import TABLE, Lab, embedded
from tests.deciding import BOB, approve, decided, undo
from tests.replaying import event, played

GROUP = "cloudtrail.security_group_opened/fires.ipv4"
TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
BUCKET = "cloudtrail.bucket_versioning_suspended/fires.suspended"
KEY = "guardduty.long_term_key_misused/fires.called_from_tor"
NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)

Raw = dict[str, Any]
"""An item as DynamoDB has it."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a lab whose clock stands at `now`."""

    lab: Lab
    engine: Engine
    clock: time_machine.Coordinates
    incidents: dict[str, str] = field(default_factory=dict)  # by what became of them
    whole: dict[Key, Raw] = field(default_factory=dict)  # as it was before anybody tampered

    @property
    def client(self) -> Any:
        return self.lab.hub("dynamodb")

    def later(self, minutes: int) -> None:
        """Let minutes pass, in each of which the upkeep runs."""
        for _ in range(minutes):
            self.clock.shift(timedelta(minutes=1))
            tend(self.engine)

    def tomorrow(self) -> None:
        """Go on to the next day, and have the daily function make its digests."""
        self.clock.shift(timedelta(days=1))
        write_up(self.engine.ledger.table, self.engine.clock())

    def proof(self, incident: str = "", copies: Copies | None = None) -> Proof:
        return prove(self.engine.ledger.table, self.engine.clock(), copies or Copies(), incident=incident)

    def said(self, incident: str = "") -> list[Fault]:
        return list(self.proof(incident).faults)

    def items(self) -> dict[Key, Raw]:
        """Return every item of the table as it is."""
        found = self.client.scan(TableName=TABLE)
        assert "LastEvaluatedKey" not in found
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in found["Items"]}

    def put(self, item: Raw) -> None:
        self.client.put_item(TableName=TABLE, Item=item)

    def delete(self, key: Key) -> None:
        self.client.delete_item(TableName=TABLE, Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}})

    @contextmanager
    def tampered(self) -> Iterator[None]:
        """Put everything back afterwards, and the clock."""
        now = self.engine.clock()
        if not self.whole:
            self.whole.update(self.items())
        try:
            yield
        finally:
            self.clock.move_to(now)
            after = self.items()
            for key in set(after) - set(self.whole):
                self.delete(key)
            for key, item in self.whole.items():
                if after.get(key) != item:
                    self.put(item)


def deaf(call: Call) -> Any:
    """Have Slack take no message."""
    if call.name != "slack:chat_postMessage":
        return call.make()
    answer = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": "fatal_error"},
        headers={},
        status_code=200,
    )
    raise SlackApiError("Slack answered fatal_error", answer)  # type: ignore[no-untyped-call]


@contextmanager
def empty_ledger(catalogue: Catalogue) -> Iterator[Ledger]:
    """Have a ledger in which nothing is, at noon."""
    with embedded() as lab, time_machine.travel(NOON, tick=False) as clock:
        yield Ledger(lab, lab.engine(catalogue), clock)


def history(ledger: Ledger, catalogue: Catalogue) -> None:
    """Have a day of incidents: undone, told late, approved, denied; acknowledged and snoozed. Then the next day."""
    undone = happens(ledger, catalogue, "undone", GROUP)
    ledger.later(1)
    undo(ledger.engine, undone, reason="agreed")
    with gated(deaf):
        late = happens(ledger, catalogue, "told late", TRAIL)
        ledger.later(1)
    ledger.later(1)
    decided(ledger.engine, Action.ACKNOWLEDGE, late)
    ask_first(ledger.lab)
    approve(ledger.engine, happens(ledger, catalogue, "approved", BUCKET))
    denied = happens(ledger, catalogue, "denied", KEY)
    decided(ledger.engine, Action.SNOOZE, denied, minutes=60, reason="it is known")
    ledger.later(1)
    decided(ledger.engine, Action.DENY, denied, BOB, reason="a test of ours")
    ledger.clock.shift(timedelta(minutes=2))
    ledger.later(1)
    ledger.tomorrow()


@contextmanager
def with_history(catalogue: Catalogue) -> Iterator[Ledger]:
    """Have the ledger of that history, which is played once in each process."""
    with empty_ledger(catalogue) as ledger:
        if not _played:
            history(ledger, catalogue)
            _played.append((ledger.items(), dict(ledger.incidents), ledger.engine.clock()))
        else:
            items, incidents, now = _played[0]
            for item in items.values():
                ledger.put(item)
            ledger.incidents.update(incidents)
            ledger.clock.move_to(now)
        yield ledger


_played: list[tuple[dict[Key, Raw], dict[str, str], datetime]] = []


def happens(ledger: Ledger, catalogue: Catalogue, name: str, what: str) -> str:
    """Answer an event of tests/events; return the incident's id, which is kept by a name."""
    _, incident, _ = played(ledger.lab, catalogue, event(what))
    ledger.incidents[name] = incident.id
    return incident.id


def ask_first(lab: Lab) -> None:
    """Have every change wait for people from now on."""
    asking = {name: replace(place, mode=Mode.APPROVE) for name, place in lab.organization.environments.items()}
    lab.organization = replace(lab.organization, environments=asking)


def records(ledger: Ledger, what: str = "") -> dict[Key, Raw]:
    """Return the records of all incidents, or those of one kind."""
    found = {key: item for key, item in ledger.items().items() if key[0].startswith("incident#")}
    return {key: item for key, item in found.items() if is_record(key[1]) and what in {"", kind(key[1])}}


def seals(ledger: Ledger) -> dict[Key, Raw]:
    return {key: item for key, item in ledger.items().items() if key[1].startswith("seal#")}


def where(key: Key) -> tuple[str, str]:
    """Return how a fault names an item of an incident."""
    return key[0].removeprefix("incident#"), key[1]


def several(ledger: Ledger) -> str:
    """Return an incident with more than one seal."""
    return ledger.incidents["undone"]


def chain_of(ledger: Ledger, incident: str) -> tuple[Seal, ...]:
    return seals_of(incident, ledger.engine.ledger.table.query(incident_pk(incident)))


def forge(ledger: Ledger, seal: Seal) -> None:
    """Put a seal as somebody would who knows how they are made: with the hash that it must have."""
    write = write_of(replace(seal, hash=hash_of(seal)))
    ledger.engine.ledger.table.write([replace(write, when="")])
