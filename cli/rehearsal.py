"""Answer events with the product's own engine, in the embedded AWS, and undo what was done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import reconcile, source_told
from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError, Gone, UnknownIncident
from chalicelib.findings import parse
from chalicelib.incidents import of_stored
from chalicelib.model import Change, Incident, Mode, Outcome
from chalicelib.notify import Notice, delivered
from chalicelib.notify.text import render
from chalicelib.undoing import UNDOABLE
from chalicelib.upkeep import tend
from chalicelib.wiring import utc_now
from cli.intake import Item
from cli.match import judge
from lab.organization import HUB, Lab, embedded
from lab.stage import prepare

OPERATOR = f"arn:aws:sts::{HUB}:assumed-role/operator/rehearsal"
"""Who decides in the embedded AWS."""

_BAD = {Outcome.FAILED, Outcome.INTENDED, Outcome.UNVERIFIED}
"""The outcomes that make a replay fail: the embedded AWS has no reason of its own for any of them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice as it appeared, the channels that took it, and what became of its source's own finding."""

    id: str
    channels: tuple[str, ...]
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What an undo came to: whether a fresh read of the resource gives what was there before."""

    change: Change
    back: bool


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one event. `reason` says why nothing was done, where nothing was.

    `mapped` holds the ids that the lab could not give (the event's -> the real one), `missing` what it could not make.
    """

    file: str
    kind: str | None
    reason: str | None = None
    malformed: bool = False
    incidents: tuple[Incident, ...] = ()
    mapped: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Telling, ...] = ()
    restored: tuple[Restored, ...] = ()
    broken: bool = False  # the engine gave up on it

    @property
    def failed(self) -> bool:
        changes = [change for incident in self.incidents for change in incident.changes]
        done_badly = any(change.outcome in _BAD for change in changes)
        return self.broken or done_badly or not all(each.back for each in self.restored)


@dataclass(slots=True)
class Rehearsal:
    """Plays events. The organization is started when the first event needs one, and stops with `stack`.

    `keep` plays all events in one organization; without it each event gets a fresh one. `modes` says how far each
    environment may go, where that is not `mode`; `clock` what time it is there.
    """

    catalogue: Catalogue
    stack: ExitStack
    mode: Mode = Mode.ENFORCE
    keep: bool = False
    modes: Mapping[str, Mode] = field(default_factory=dict)
    lab: Lab | None = None
    clock: Callable[[], datetime] = utc_now

    def play(self, item: Item, *, undo: bool = False) -> Played:
        """Answer one event, as far as any rule is for it, and undo it again where that is wished."""
        verdict = judge(self.catalogue, item)
        played = Played(verdict.file, verdict.kind, verdict.reason, verdict.malformed)
        if item.event is None or verdict.malformed or not verdict.findings or not self._concerns(item.event):
            return played
        try:
            return self._play(item.event, played, undo=undo)
        except (CountermeasureError, BotoCoreError, ClientError) as error:
            return replace(played, reason=f"could not be answered: {error}", broken=True)

    def undo(
        self, incidents: Collection[Incident], by: str = OPERATOR, reason: str = "rehearsed"
    ) -> Iterator[Restored]:
        """Take back what was changed, and read each resource again; also what asks for a confirmation."""
        engine = self.engine()
        for incident in incidents:
            changed = {each.id for each in incident.changes if each.outcome in UNDOABLE and each.digest}
            if changed:
                at = engine.clock().isoformat(timespec="milliseconds")
                decide(engine, Decision(Action.UNDO, incident.id, by, at, "command", reason=reason, confirm=True))
                after = of_stored(engine.ledger.load(incident.id), engine.catalogue)
                yield from (Restored(each, _is_back(engine, each)) for each in after.changes if each.id in changed)

    def engine(self) -> Engine:
        """Return the engine of the organization as it now is."""
        return self._open().engine(self.catalogue)

    def told(self, incidents: Iterable[Incident]) -> Iterator[Telling]:
        """Yield every notice of these incidents, an incident's own before the replies to it."""
        ledger = self.engine().ledger
        for id_ in dict.fromkeys(incident.id for incident in incidents):
            try:
                stored = ledger.load(id_)
            except UnknownIncident:
                continue  # a guardrail said to do nothing at all: nobody was told
            read = [(told, Notice.from_json(told.body)) for told in stored.notices]
            for told, notice in sorted(read, key=lambda each: each[1].kind.value != "incident"):
                people = {name: receipt for name, receipt in told.receipts.items() if name != source_told.TARGET}
                took = tuple(name for name, receipt in people.items() if delivered(dict(receipt)))
                yield Telling(told.id, took, render(notice), " ".join(_of_source(told.receipts)))

    def _play(self, event: Mapping[str, Any], played: Played, *, undo: bool) -> Played:
        lab = self._open(parse(event)[0].partition)
        stage = prepare(lab, self.catalogue, event)
        engine = lab.engine(self.catalogue)
        incidents = engine.handle(stage.event)
        tend(engine)  # what the schedule does within a minute: the source is told
        notices = tuple(self.told(incidents))
        restored = tuple(self.undo(incidents)) if undo else ()
        known = {each.id for each in notices}
        later = tuple(each for each in self.told(incidents) if each.id not in known) if restored else ()
        return replace(
            played,
            incidents=incidents,
            mapped=stage.mapped,
            missing=stage.missing,
            notices=notices + later,
            restored=restored,
        )

    def _concerns(self, event: Mapping[str, Any]) -> bool:
        """Tell whether a rule's pattern matches: also a sample goes through the engine, which only shows it."""
        return any(self.catalogue.match(finding.event) for finding in parse(event))

    def _open(self, partition: str = "") -> Lab:
        """Return the organization to play in; a fresh one for an event of `partition`, unless it is kept."""
        if self.lab is None:
            self.lab = self.stack.enter_context(embedded(self.mode, partition or "aws"))
            self.lab.clock = self.clock
            self._set_modes(self.lab)
        elif partition and not self.keep:
            self.lab.reset(self.mode, partition)
            self._set_modes(self.lab)
        return self.lab

    def _set_modes(self, lab: Lab) -> None:
        told = lab.organization.environments
        environments = {name: replace(its, mode=self.modes.get(name, its.mode)) for name, its in told.items()}
        lab.organization = replace(lab.organization, environments=environments)


def _of_source(receipts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what Security Hub was told, or why it was not."""
    receipt = receipts.get(source_told.TARGET, {})
    yield from (str(receipt[name]) for name in ("said", "given_up", "error") if name in receipt)


def _is_back(engine: Engine, change: Change) -> bool:
    """Read the resource again, as a plan does."""
    if change.outcome is not Outcome.UNDONE:
        return False
    remediation, resource = engine.catalogue.remediations[change.remediation], change.resource
    accounts = engine.hands.accounts
    try:
        with accounts.reading(resource.account, resource.region, change.incident, [remediation]) as aws:
            return reconcile.same(reconcile.read(remediation, aws, resource), change.before)
    except Gone:
        return False
