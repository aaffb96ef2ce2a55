"""What must be true when a race is over: of the wire, the resources, the ledger and what people were told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from botocore.credentials import ReadOnlyCredentials

from chalicelib import reconcile
from chalicelib.accounts import Clients, ScopedSession
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.findings import parse
from chalicelib.ledger import Stored
from chalicelib.model import Change, Mode, Outcome, State
from chalicelib.units import Unit, units
from torture.race_stories import ALICE, BOB, Event, Story
from torture.racing import START, Race
from torture.wire import READS

ANSWERED = "Lambda's two retries are enough: no event and no decision becomes a dead letter."
ONCE = "A resource is written once, however often and in whatever order it is told of."
BEFORE = "The ledger keeps what was there before, and an undo brings it back."
ONE = "One incident, whatever the routes, formats and findings: what joins by the design is joined."
TOLD = "One opening message in Slack and at SNS; no notice is told twice, and none is left untold."
SETTLED = "No change is left intended, and no resource held."
LATEST = "No finding is lost, and the latest news of each is what is kept."
DECIDED = "What people decide at the same moment is carried out once, and no vote is lost."
BUDGET = "A budget of N actions lets exactly N of 3 N simultaneous ones through; the others wait."

PROMISES = (ANSWERED, ONCE, BEFORE, ONE, TOLD, SETTLED, LATEST, DECIDED, BUDGET)

_OPEN = {Outcome.INTENDED, Outcome.UNVERIFIED, Outcome.UNDOING, Outcome.FAILED}
_CLIENTS = Clients()

Broken = tuple[str, str]
"""A promise, and what was seen in its stead."""

States = Mapping[tuple[str, str], State]


@dataclass(frozen=True, slots=True)
class Ending:
    """A race that is over: the story, the resources as they were `first`, and the incidents as they ended."""

    race: Race
    story: Story
    first: States
    incidents: Sequence[Stored]

    @property
    def changes(self) -> list[Change]:
        return [change for stored in self.incidents for change in stored.changes]


def places(race: Race, events: Sequence[Event]) -> dict[tuple[str, str], Unit]:
    """Return every remediation on every resource that these events bring about."""
    found: dict[tuple[str, str], Unit] = {}
    for event in events:
        for finding in parse(event):
            found |= {unit.place: unit for unit in units(finding, race.catalogue.match(finding.event))}
    return found


def states(race: Race, of: Mapping[tuple[str, str], Unit]) -> dict[tuple[str, str], State]:
    """Return what is there now, seen by an administrator."""
    return {place: _read(race, unit) for place, unit in of.items()}


def ended(race: Race, story: Story, first: States) -> Ending:
    return Ending(race, story, first, [race.stored(id_) for id_ in race.incidents()])


def broken(end: Ending) -> list[Broken]:
    """Return what did not hold. Undoes what was done, to see whether all is as it was."""
    checks = (_answered, _written_once, _one_incident, _told_once, _settled, _latest, _decided, _in_budget, _undone)
    return [(promise, seen) for check in checks for promise, seen in check(end)]


def _answered(end: Ending) -> Iterator[Broken]:
    yield from ((ANSWERED, each) for each in end.race.dead)


def _written_once(end: Ending) -> Iterator[Broken]:
    again = Counter((request.operation, request.text) for request in end.race.wire.seen if request.writes)
    yield from ((ONCE, f"{name} was made {count} times") for (name, _), count in again.items() if count > 1)
    acted = Counter(place(c) for c in end.changes if c.outcome in {Outcome.CONTAINED, Outcome.UNDONE})
    yield from ((ONCE, f"{where} was acted on {count} times") for where, count in acted.items() if count > 1)
    recorded = Counter(name for c in end.changes for call in c.calls if (name := _writing(call.operation, call.error)))
    made = Counter(name.partition(".")[2] for name in end.race.wire.writes().elements())
    if recorded != made:
        yield ONCE, f"the wire saw {dict(made)}, the ledger says {dict(recorded)}"


def _one_incident(end: Ending) -> Iterator[Broken]:
    if len(end.incidents) != end.story.made:
        yield ONE, f"{len(end.incidents)} incidents"


def _told_once(end: Ending) -> Iterator[Broken]:
    race = end.race
    everything = [race.stored(pk.removeprefix("incident#")) for pk, sk in race.items() if sk == "incident"]
    kept = {told.id for stored in everything for told in stored.notices if "grouped" not in told.receipts}
    untold = [told.id for stored in everything for told in stored.notices if not told.told_at]
    if untold:
        yield TOLD, f"{len(untold)} notices are left untold"
    slack = Counter(post["metadata"]["event_payload"]["id"] for post in race.lab.slack.posted)
    sns = Counter(json.loads(message["Message"])["id"] for message in race.lab.told())
    for channel, told in (("Slack", slack), ("SNS", sns)):
        if told != Counter(kept):
            yield TOLD, f"{channel} was told {sum(told.values())} notices, {len(told)} different, of {len(kept)}"
    own = [post for post in race.lab.slack.posted if "thread_ts" not in post]
    if end.story.made == 1 and len(own) != 1:
        yield TOLD, f"{len(own)} opening messages: {[post['text'][:60] for post in own]}"


def _settled(end: Ending) -> Iterator[Broken]:
    yield from ((SETTLED, f"{place(c)} is {c.outcome}: {c.reason}") for c in end.changes if c.outcome in _OPEN)
    held = [pk for (pk, _), item in end.race.items().items() if "holder" in item]
    yield from ((SETTLED, f"{pk} is still held") for pk in held)


def _latest(end: Ending) -> Iterator[Broken]:
    """Compare by when each finding was seen last: of two at one time, either may be kept."""
    told: dict[str, str] = {}
    for event in (*end.story.events, *end.story.meanwhile):
        for finding in parse(event):
            if end.race.catalogue.match(finding.event):
                told[finding.id] = max(told.get(finding.id, ""), finding.last_seen)
    kept = {finding.id: finding.last_seen for stored in end.incidents for finding in stored.findings}
    if kept != told:
        yield LATEST, f"kept is {sorted(kept.values())}, told was {sorted(told.values())}"


def _decided(end: Ending) -> Iterator[Broken]:
    """Everything that was decided is true of every place: done, undone, or left alone."""
    if not end.story.clicks:
        return
    actions = {action for action, _ in end.story.clicks}
    acted = {place(c): c.outcome for c in end.changes if c.outcome in {Outcome.CONTAINED, Outcome.UNDONE}}
    wanted = dict.fromkeys(end.first, Outcome.UNDONE if Action.UNDO in actions else Outcome.CONTAINED)
    if acted != wanted and not (Action.DENY in actions and not acted):
        yield DECIDED, f"{len(acted)} of {len(wanted)} are done: {sorted({o.value for o in acted.values()})}"
    if any(stored.approvals for stored in end.incidents):
        yield DECIDED, "it still waits for people"


def _in_budget(end: Ending) -> Iterator[Broken]:
    if end.story.made == 1:
        return
    outcomes = Counter(change.outcome for change in end.changes)
    wanted = {Outcome.CONTAINED: end.story.budget, Outcome.AWAITING: 2 * end.story.budget}
    if outcomes != wanted:
        yield BUDGET, f"{ {outcome.value: count for outcome, count in outcomes.items()} }"


def _undone(end: Ending) -> Iterator[Broken]:
    contained = [change for change in end.changes if change.outcome is Outcome.CONTAINED]
    for change in contained:
        if not reconcile.same(change.before, end.first[place(change)]):
            yield BEFORE, f"{place(change)} kept {str(change.before)[:80]}"
    engine = end.race.engine()
    for stored in end.incidents:
        if any(change in stored.changes for change in contained):
            at = engine.clock().isoformat(timespec="microseconds")
            undo = Decision(Action.UNDO, stored.id, ALICE, at, "slack", reason="a race is over", confirm=True)
            decide(engine, undo)
            if end.story.approvals > 1:
                decide(engine, replace(undo, action=Action.APPROVE, by=BOB))
    remediations = end.race.catalogue.remediations
    now = states(end.race, places(end.race, [*end.story.events, *end.story.meanwhile]))
    for where, state in now.items():
        if not reconcile.same(state, end.first[where]) and not remediations[where[0]].irreversible:
            yield BEFORE, f"{where} is {str(state)[:80]} after the undo"


def _read(race: Race, unit: Unit) -> State:
    keys: ReadOnlyCredentials = race.lab.administrator(unit.resource.account)
    resource = unit.resource
    with ScopedSession(resource.account, resource.region, "aws", "inc-race", START, keys, _CLIENTS) as aws:
        return reconcile.read(unit.remediation, aws, resource)


def place(change: Change) -> tuple[str, str]:
    return change.remediation, change.resource.key


def _writing(operation: str, error: str) -> str:
    """Return the name of a call that changed something, or nothing."""
    name = operation.partition(":")[2]
    return "" if error or name.startswith(READS) else name


__all__ = ["PROMISES", "Ending", "Mode", "broken", "ended", "places", "states"]
