"""The protocol on the table: who may act on what, recorded before anything is touched and settled after."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import Busy
from chalicelib.ledger import items
from chalicelib.ledger.keys import (
    HOLD_SECONDS,
    KEEP_SECONDS,
    OPEN_SECONDS,
    finding_head,
    hashed,
    incident_pk,
    opened_in,
    resource_head,
)
from chalicelib.ledger.shapes import Hold, Known, Record, Stored, Told
from chalicelib.model import Change, Finding
from chalicelib.records import finding_text
from chalicelib.table import Item, Key, Table, Write


@dataclass(frozen=True, slots=True)
class Ledger:
    """The protocol on a table. Raises Busy where another attempt is at work; what DynamoDB raises comes through."""

    table: Table
    clock: Callable[[], datetime]

    def look(self, finding: Finding, resources: Sequence[str]) -> Known:
        """Return what is known of a finding and of resources (keys). Raises Busy while another attempt holds one."""
        own, now = finding_head(finding), self._now()
        keys = {resource_head(key): key for key in resources}
        heads = self.table.get([own, *keys])
        for head, item in heads.items():
            if item.get("held_until", 0) > now:
                raise Busy(f"another delivery is working on {keys.get(head, finding.id)}")
        mine = heads.get(own)
        same = mine is not None and mine["revision"] == finding.revision
        current = mine if mine and (same or mine["open_until"] > now) else None
        open_ = [item for head, item in heads.items() if head in keys and item.get("open_until", 0) > now]
        incident = next((item["incident"] for item in [current, *open_] if item), "")
        return Known(
            incident=incident,
            repeated=current is not None,
            answered=same and mine is not None and bool(mine["answered"]),
            versions={head: item["version"] for head, item in heads.items()},
            undone={keys[head]: json.loads(item["undone"]) for head, item in heads.items() if "undone" in item},
        )

    def claim(self, record: Record, known: Known, holder: str) -> Hold:
        """Record what is about to be done, with what was there before, and hold it. Nothing is touched on Busy."""
        heads = _heads(record)
        held = {"holder": holder, "held_until": self._now(HOLD_SECONDS)}
        writes = [self._move(head, record, known, {**held, "answered": False}) for head in heads]
        self.table.write(writes + self._records(record))
        return Hold(holder, heads)

    def settle(self, record: Record, known: Known, hold: Hold | None) -> None:
        """Record what became of it, and the notice that is to be told. Without a hold, raises Busy on a stale plan."""
        records = self._records(record)
        if hold is None:
            moved = {"answered": record.answered}
            self.table.write([self._move(head, record, known, moved) for head in _heads(record)] + records)
            return
        self._let_go(hold, {head: {"answered": record.answered} for head in hold.heads}, records)

    def resume(self, changes: Sequence[Change], was: Mapping[str, Change], holder: str) -> Hold:
        """Hold recorded changes once more, each only if it is as it `was` (by id), for an approval or an undo."""
        heads = tuple(dict.fromkeys(resource_head(change.resource.key) for change in changes))
        held = {"holder": holder, "held_until": self._now(HOLD_SECONDS)}
        free = "attribute_not_exists(held_until) OR held_until < :now"
        writes = [Write(head, held, when=free, values={"now": self._now()}) for head in heads]
        now = self.clock()
        self.table.write(writes + [items.change(change, now, was[change.id]) for change in changes])
        return Hold(holder, heads)

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
        self._let_go(hold, {head: reasons.get(head, {}) for head in hold.heads}, records, keep=set(reasons))

    def receive(self, incident: str, notice: Told, wait: int | None) -> None:
        """Keep the receipts of a notice; it is tried again in `wait` seconds, or has arrived everywhere."""
        now = self.clock()
        if wait is None:
            notice = replace(notice, told_at=notice.told_at or now.isoformat(timespec="seconds"))
        due = None if wait is None else items.later(now, wait)
        self.table.write([items.receipts(notice, incident, due)])

    def note(self, writes: Sequence[Write]) -> None:
        """Write what people decided or are asked, all or nothing. Raises Busy where somebody was faster."""
        self.table.write(writes)

    def load(self, incident: str) -> Stored:
        """Return all of one incident. Raises UnknownIncident."""
        return items.stored(incident, self.table.query(incident_pk(incident)))

    def _now(self, later: int = 0) -> int:
        return int(self.clock().timestamp()) + later

    def _move(self, head: Key, record: Record, known: Known, more: Item) -> Write:
        """Move a head on from the version that was seen, to the record's incident."""
        seen = known.versions.get(head)
        own: Item = {"revision": record.finding.revision} if head == finding_head(record.finding) else {}
        if head not in known.kept:
            own["expires_at"] = self._now(KEEP_SECONDS)
        values = {
            "incident": record.incident,
            "open_until": self._now(OPEN_SECONDS),
            "version": (seen or 0) + 1,
            **own,
            **more,
        }
        if seen is None:
            return Write(head, values, when="attribute_not_exists(pk)")
        return Write(head, values, when="version = :seen", values={"seen": seen})

    def _let_go(
        self, hold: Hold, values: Mapping[Key, Item], records: Sequence[Write], keep: Collection[Key] = ()
    ) -> None:
        """Give up a hold and write the records; these alone where the hold had lapsed and another took it over."""
        mine = {"me": hold.holder}
        writes = [
            Write(
                head,
                {"let_go": self._now(), **more},
                ("holder", "held_until", *(("expires_at",) if head in keep else ())),
                when="holder = :me",
                values=mine,
            )
            for head, more in values.items()
        ]
        try:
            self.table.write([*writes, *records])
        except Busy:
            self.table.write(records)

    def _records(self, record: Record) -> list[Write]:
        finding = f"finding#{hashed(record.finding.id)}"
        key, now = incident_pk(record.incident), self.clock()
        at = now.isoformat(timespec="seconds")
        shown = {"list": opened_in(at[:7]), "at": at} if record.rules or record.notices else {}  # a heartbeat is not
        opened = {"opened_at": at, "opener": finding, **shown}
        top = Write((key, "incident"), {"last_seen": record.finding.last_seen}, keep=opened)
        body = Write((key, finding), {"body": finding_text(record.finding), "rules": list(record.rules)})
        return [top, body, *self._told(record.incident, record.changes, record.notices), *record.also]

    def _told(self, incident: str, changes: Sequence[Change], notices: Sequence[Told]) -> list[Write]:
        """Return the writes of changes, and of notices that are due until somebody says that they have arrived."""
        now = self.clock()
        told = (items.notice(notice, incident, now) for notice in notices)
        return [*(items.change(change, now) for change in changes), *told]


def _heads(record: Record) -> tuple[Key, ...]:
    resources = (resource_head(change.resource.key) for change in record.changes)
    return tuple(dict.fromkeys((finding_head(record.finding), *resources)))
