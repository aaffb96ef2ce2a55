"""The protocol on the table: who may act on what, recorded before anything is touched and settled after.

Every step is one write of one item, so that no crash leaves half of one: a head is held with what is about to be done
and was there before in it; once that is in the incident, with what became of it, the head is let go. A head that holds
something when its time is over tells of an attempt that died; whoever comes next puts that into the incident first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from chalicelib.dataclass import dataclass
from chalicelib.errors import ArrivedBefore, Busy
from chalicelib.ledger import heads, items
from chalicelib.ledger.begun import begun_of, begun_text
from chalicelib.ledger.counters import charge, refund
from chalicelib.ledger.keys import (
    BEGUN,
    HOLD_SECONDS,
    OPEN_SECONDS,
    finding_head,
    incident_pk,
    opened_in,
    resource_head,
)
from chalicelib.ledger.lists import held
from chalicelib.ledger.shapes import Hold, Known, Record, Stored, Told
from chalicelib.model import Change, Finding, Outcome
from chalicelib.records import finding_text
from chalicelib.table import Item, Key, Table, Write


@dataclass(frozen=True, slots=True)
class Ledger:
    """The protocol on a table. Raises Busy where another attempt is at work; what DynamoDB raises comes through.

    `open_seconds`: so long after its last finding does an incident take in another one on the same resource.
    """

    table: Table
    clock: Callable[[], datetime]
    open_seconds: int = OPEN_SECONDS

    def look(self, finding: Finding, resources: Sequence[str]) -> Known:
        """Return what is known of a finding and of resources (keys). Raises Busy while another attempt holds one.

        What an attempt that died had begun is first put into its incident, where it would be if that had lived.
        """
        own, now = finding_head(finding), self._now()
        keys = {resource_head(key): key for key in resources}
        found = self.table.get([own, *keys])
        for head, item in found.items():
            if item.get("held_until", 0) > now:
                raise Busy(f"another delivery is working on {keys.get(head, finding.id)}")
        left = [item for item in found.values() if BEGUN in item]
        for item in left:
            self.take_over(item)
        if left:
            known = replace(self.look(finding, resources), died=True)
            own_died = any(begun_of(item[BEGUN]).finding.id == finding.id for item in left)
            return replace(known, answered=False) if own_died else known  # it may not have recorded all that it did
        mine = found.get(own)
        same = mine is not None and mine.get("occasion") == finding.occasion
        current = mine if mine and (same or mine.get("open_until", 0) > now) else None
        open_ = [item for head, item in found.items() if head in keys and item.get("open_until", 0) > now]
        incident = next((item["incident"] for item in [current, *open_] if item), "")
        return Known(
            incident=incident,
            repeated=current is not None,
            answered=same and mine is not None and bool(mine.get("answered")),
            heads=found,
            undone={keys[head]: json.loads(item["undone"]) for head, item in found.items() if "undone" in item},
        )

    def claim(self, record: Record, known: Known, holder: str, spending: Write | None = None) -> Hold:
        """Hold the resources (the finding, where there are none), with what is about to be done and was there before.

        `spending` is counted first. Nothing is touched on Busy, or where that is refused.
        """
        wanted = sorted({resource_head(change.resource.key) for change in record.changes})
        if spending:
            charge(self.table, spending, self.clock())
        mine: list[Key] = []
        try:
            for head in wanted or [finding_head(record.finding)]:
                self._hold(head, record, known, holder)
                mine.append(head)
        except Busy:
            now = self.clock()
            self._let_go(Hold(holder, mine), {head: heads.as_it_was(known.heads.get(head), now) for head in mine})
            if spending:
                self.table.write([refund(spending)])
            raise
        return Hold(holder, mine)

    def take_over(self, head: Item) -> None:
        """Put what an attempt that died had begun into its incident, and let go. Raises Busy where that changed."""
        record = begun_of(head[BEGUN])
        for write in self._opening(record) + self._changes(record.changes):
            with suppress(Busy):  # it is there already
                self.table.write([replace(write, when="attribute_not_exists(pk)")])
        self.table.write([items.stale(record.incident, self.clock(), wait=0)])
        stays = {"incident": record.incident, "open_until": self._now(OPEN_SECONDS), "answered": False}
        gone = (BEGUN, "holder", "held_until", *items.UNLISTED)
        seen = {"seen": head["version"]}
        key = head["pk"], head["sk"]
        self.table.write([Write(key, stays, gone, when="version = :seen", values=seen, add={"version": 1})])

    def take_over_died(self, incident: str = "") -> int:
        """Take over what attempts that died still hold; return how many: people see it, whoever delivers it again.

        Raises Busy while one is at work on what is not yet in this `incident`.
        """
        begun = [item for item in self.table.get(held(self.table)).values() if BEGUN in item]
        lapsed = [item for item in begun if item["held_until"] <= self._now()]
        for item in lapsed:
            with suppress(Busy):  # somebody was faster
                self.take_over(item)
        if any(begun_of(item[BEGUN]).incident == incident for item in begun if item not in lapsed):
            raise Busy(f"another attempt is at work on {incident}")
        return len(lapsed)

    def settle(self, record: Record, known: Known, hold: Hold) -> None:
        """Record what became of it, and the notices that are to be told; then let go."""
        own = finding_head(record.finding)
        writes = [self._finding(record)] if known.incident else self._opening(record)
        writes += self._changes(record.changes)
        writes += [items.notice(notice, record.incident, self.clock(), fresh=True) for notice in record.notices]
        after = {head: self._after(head, record, known) for head in {*hold.heads, own}}
        writes += [] if own in hold.heads else [Write(own, after.pop(own), whole=True)]
        self.table.put([*writes, *record.also])
        self._let_go(hold, after)

    def resume(self, changes: Sequence[Change], was: Mapping[str, Change], holder: str) -> Hold:
        """Hold recorded changes once more, each only if it is as it `was` (by id), for an approval or an undo.

        What others had planned by then is stale.
        """
        mine = tuple(dict.fromkeys(resource_head(change.resource.key) for change in changes))
        held = {"holder": holder, "held_until": self._now(HOLD_SECONDS)}
        free = "attribute_not_exists(held_until) OR held_until < :now"
        writes = [Write(head, held, when=free, values={"now": self._now()}, add={"version": 1}) for head in mine]
        now = self.clock()
        self.table.write(writes + [items.change(change, now, was[change.id]) for change in changes])
        return Hold(holder, mine)

    def conclude(
        self,
        incident: str,
        changes: Sequence[Change],
        notices: Sequence[Told],
        hold: Hold,
        undone: Mapping[str, Mapping[str, str]],
        also: Sequence[Write] = (),
    ) -> None:
        """Record what became of an approval or an undo. `undone`: resource key -> rule -> reason, kept at its head."""
        kept = self.table.get(hold.heads)
        reasons = {
            head: {"undone": {**json.loads(kept.get(head, {}).get("undone", "{}")), **rules}}
            for head, rules in ((resource_head(key), rules) for key, rules in undone.items())
        }
        records = [*self._told(incident, changes, notices), *also]
        mine = {"me": hold.holder}
        writes = [
            Write(
                head,
                {"let_go": self._now(), **reasons.get(head, {})},
                ("holder", "held_until", *(("expires_at",) if head in reasons else ())),
                when="holder = :me",
                values=mine,
            )
            for head in hold.heads
        ]
        try:
            self.table.write([*writes, *records])
        except Busy:  # the hold had lapsed, and another took it over
            self.table.write(records)

    def receive(self, incident: str, notice: Told, wait: int | None) -> None:
        """Keep the receipts of a notice; it is tried again in `wait` seconds, or has arrived everywhere.

        Where it arrived meanwhile, as another attempt says, that is kept: it is evidence, and may be sealed.
        """
        now = self.clock()
        due = None if wait is None else items.later(now, wait)
        with suppress(ArrivedBefore):
            self.table.write([items.receipts(notice, incident, due, now)])

    def note(self, writes: Sequence[Write]) -> None:
        """Write what people decided or are asked, all or nothing. Raises Busy where somebody was faster."""
        self.table.write(writes)

    def load(self, incident: str) -> Stored:
        """Return all of one incident. Raises UnknownIncident."""
        return items.stored(incident, self.table.query(incident_pk(incident)))

    def _now(self, later: int = 0) -> int:
        return int(self.clock().timestamp()) + later

    def _hold(self, head: Key, record: Record, known: Known, holder: str) -> None:
        """Hold a head that is as it was seen, and write into it what is about to be done. Raises Busy."""
        seen = known.heads.get(head)
        intended = [change for change in record.changes if change.outcome is Outcome.INTENDED]
        mine = [change for change in intended if resource_head(change.resource.key) == head]
        item = heads.held(seen, holder, begun_text(replace(record, changes=mine)), self.clock())
        when, values = ("version = :seen", {"seen": seen["version"]}) if seen else ("attribute_not_exists(pk)", None)
        self.table.write([Write(head, item, when=when, values=values, whole=True)])

    def _let_go(self, hold: Hold, after: Mapping[Key, Item]) -> None:
        """Leave every head that is still held as it is to be; one that another took over is not ours any more."""
        for head in hold.heads:
            with suppress(Busy):
                write = Write(head, after[head], when="holder = :me", values={"me": hold.holder}, whole=True)
                self.table.write([write])

    def _after(self, head: Key, record: Record, known: Known) -> Item:
        """Return a head as it is once the finding is answered: of the incident, and the finding's with its occasion."""
        answer: Item = {"incident": record.incident, "open_until": self._now(self.open_seconds)}
        if head == finding_head(record.finding):
            answer |= {"occasion": record.finding.occasion, "answered": record.answered}
        return heads.let_go(known.heads.get(head), answer, self.clock(), kept=head in known.kept)

    def _opening(self, record: Record) -> list[Write]:
        """Return the writes that open an incident with its first finding."""
        at = self.clock().isoformat(timespec="seconds")
        shown = {"list": opened_in(at[:7]), "at": at} if record.rules or record.notices else {}  # a heartbeat is not
        opened = {"opened_at": at, "opener": items.finding_sk(record.finding), **shown}
        return [Write((incident_pk(record.incident), "incident"), opened, whole=True), self._finding(record)]

    def _finding(self, record: Record) -> Write:
        body = finding_text(record.newest or record.finding)
        key = incident_pk(record.incident), items.finding_sk(record.finding)
        evidence = items.unsealed(self.clock()) if record.rules or record.notices else {}  # a heartbeat is none
        return Write(key, {"body": body, "rules": list(record.rules), **evidence}, whole=True)

    def _changes(self, changes: Sequence[Change]) -> list[Write]:
        now = self.clock()
        return [items.change(change, now) for change in changes]

    def _told(self, incident: str, changes: Sequence[Change], notices: Sequence[Told]) -> list[Write]:
        """Return the writes of changes, and of notices that are due until somebody says that they have arrived."""
        now = self.clock()
        return [*self._changes(changes), *(items.notice(notice, incident, now) for notice in notices)]
