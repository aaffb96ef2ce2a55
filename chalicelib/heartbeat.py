"""A harmless event of our own that goes the way of a real one: bus, rule, function, engine, ledger, channels.

It is sent every five minutes, and each function of a source answers it. It names no resource and fires no rule, so
that whoever sends one gains nothing: nothing is changed, and nobody is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.announcing import announce
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError, NotDelivered
from chalicelib.findings import reading
from chalicelib.guardrails import Situation, ceilings, lowest
from chalicelib.incidents import assemble
from chalicelib.ledger import Record
from chalicelib.model import Finding, Response, Rule, Severity
from chalicelib.notify import Kind
from chalicelib.pattern import Index
from chalicelib.patterns import HEARTBEAT

ID = "heartbeat"
"""The finding and the incident of the beats of a function begin so: each takes the place of the one before."""

DETAIL_TYPE = "Heartbeat"
STALE_SECONDS = 900
"""A beat that took longer on its way does not count as arrived: a real event would have come as late."""

SLACK_MINUTES = 5
"""Slack is asked in the first minutes of each hour alone."""

RULE = Rule(
    id=HEARTBEAT,
    title="Heartbeat",
    pattern={"source": [HEARTBEAT], "detail-type": [DETAIL_TYPE]},
    severity=Severity.INFORMATIONAL,
    look_at="Nothing: all is well.",
)
_INDEX = Index([(RULE.pattern, RULE)])


def send(events: Any) -> None:
    """Put one beat on the hub's bus, with an EventBridge client. Raises CountermeasureError where the bus refuses."""
    beat = {"Source": HEARTBEAT, "DetailType": DETAIL_TYPE, "Detail": json.dumps({})}
    answer = events.put_events(Entries=[beat])
    if answer.get("FailedEntryCount"):
        [said] = answer["Entries"]
        raise CountermeasureError(f"the bus refuses the heartbeat: {said.get('ErrorCode')} {said.get('ErrorMessage')}")


def arrived(engine: Engine, function: str, event: Mapping[str, Any]) -> None:
    """Take a beat the whole way of a finding, to the channels, which are asked and told nothing.

    A channel that would take no notice is told of once a day, by the other one. Raises MalformedEvent,
    CountermeasureError where a part of the way is closed, Busy, and what DynamoDB raises.
    """
    finding = parse(event, function)
    _refuse_foreign(engine, finding, event)
    if _INDEX.match(event) != [RULE] or engine.catalogue.match(event):
        raise CountermeasureError("the heartbeat does not fire its own rule alone")
    said = ceilings(Situation(finding, RULE, None, engine.organization, {}, engine.facts()))
    _keep(engine, replace(finding, event={}), function)
    incident = assemble(_incident(function), [finding], [RULE], (), [Response(RULE, (), lowest(said), said)])
    engine.teller.compose(incident, Kind.INCIDENT)
    _ask_channels(engine)


def parse(event: Mapping[str, Any], function: str) -> Finding:
    """Return a beat as a finding that a function answers. Raises MalformedEvent."""
    at = reading.required(event, "time")
    return Finding(
        id=f"{ID} {function}",
        revision=reading.required(event, "id"),
        source=ID,
        type=DETAIL_TYPE,
        title=RULE.title,
        description="",
        severity=RULE.severity,
        account=reading.account(event, "account"),
        region=reading.region(event, "region"),
        first_seen=at,
        last_seen=at,
        event=event,
    )


def _refuse_foreign(engine: Engine, finding: Finding, event: Mapping[str, Any]) -> None:
    """Raise CountermeasureError for a beat that the hub did not send, or not now."""
    if finding.account != engine.organization.hub:
        raise CountermeasureError(f"a heartbeat of {finding.account}, which is not the hub")
    sent = reading.when(event, "time")
    age = (engine.clock() - datetime.fromisoformat(sent)).total_seconds() if sent else STALE_SECONDS
    if age >= STALE_SECONDS:
        raise CountermeasureError(f"a heartbeat that was {int(age)} seconds on its way")


def _keep(engine: Engine, finding: Finding, function: str) -> None:
    """Hold, record and let go of the finding as an answer does, and read it back."""
    ledger, record = engine.ledger, Record(_incident(function), finding, [], [])
    known = ledger.look(finding, [])
    if known.answered:
        return
    hold = ledger.claim(replace(record, answered=False), known, engine.token())
    ledger.settle(record, known, hold)
    kept = [found.revision for found in ledger.load(record.incident).findings]
    if kept != [finding.revision]:
        raise CountermeasureError(f"the ledger did not keep the heartbeat {finding.revision}: it has {kept}")


def _ask_channels(engine: Engine) -> None:
    now = engine.clock()
    asked = engine.teller.channels.readiness(now.minute < SLACK_MINUTES)
    closed = {channel: why for channel, why in asked.items() if why}
    for channel, why in closed.items():
        announce(engine, f"channel {channel} {now:%Y-%m-%d}", f"Nothing can be told by {channel.upper()}", why)
    if closed and len(closed) == len(asked):
        raise NotDelivered(f"no channel takes notices: {' '.join(closed.values())}")


def _incident(function: str) -> str:
    return f"{ID}-{function}"
