"""The ledger: one DynamoDB table that knows what was there before anything is touched.

Items (`pk`, `sk`), what is long being JSON text in `body`:
- `finding#H`, `head`: the incident that a finding belongs to, and the revision of it that was answered.
- `resource#KEY`, `head`: the open incident on a resource, and the rules that people undid on it.
- `incident#ID`, `incident` | `finding#H` | `change#ID` | `notice#ID`: all of one incident, read by one query.

An attempt to answer a finding holds the heads of the finding and of its resources, from before the first change until
the outcome is recorded; a hold that a crash left behind lapses. Each write of a head moves its version on and names
the version that was seen when the plan was made, so that nobody acts twice, or on a plan that is stale.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.errors import Busy, UnknownIncident
from chalicelib.model import Change, Finding
from chalicelib.records import change_of, change_text, finding_of, finding_text
from chalicelib.table import Item, Key, Table, Write

OPEN_SECONDS = 24 * 3600
"""An incident is open, so that further findings join it, until it has been quiet for this long."""

KEEP_SECONDS = 400 * 24 * 3600
"""Heads of which nothing was heard for this long expire (`expires_at`), but for what people undid; incidents stay."""

HOLD_SECONDS = 120
"""A hold lapses after this long: more than a function may run, no more than Lambda waits before its second retry."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knew of a finding and its resources when the plan was made."""

    incident: str = ""  # of this finding, or open on one of its resources; empty when there is none
    repeated: bool = False  # that incident has this finding already
    answered: bool = False  # this very revision of the finding was answered
    versions: Mapping[Key, int] = field(default_factory=dict)  # of the heads that exist
    undone: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # resource key -> rule -> reason

    @property
    def kept(self) -> set[Key]:
        """The heads that must not expire: of the resources on which people undid something."""
        return {_resource_head(key) for key in self.undone}


@dataclass(frozen=True, slots=True)
class Hold:
    """One attempt's hold on the heads of a finding and its resources."""

    holder: str
    heads: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as the ledger keeps it: its JSON, and the receipt of every channel that took it."""

    id: str
    body: str
    receipts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """All of one incident; changes in the order in which they were decided, the finding that opened it first."""

    id: str
    opened_at: str
    findings: tuple[Finding, ...]
    rules: tuple[str, ...]
    changes: tuple[Change, ...]
    notices: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be recorded of one answer to one finding."""

    incident: str
    finding: Finding
    rules: Sequence[str]
    changes: Sequence[Change]
    notice: Told | None = None
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Ledger:
    """The protocol on a table. Raises Busy where another attempt is at work; what DynamoDB raises comes through."""

    table: Table
    clock: Callable[[], datetime]

    def look(self, finding: Finding, resources: Sequence[str]) -> Known:
        """Return what is known of a finding and of resources (keys). Raises Busy while another attempt holds one."""
        own, now = _finding_head(finding), self._now()
        keys = {_resource_head(key): key for key in resources}
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
        heads = tuple(dict.fromkeys(_resource_head(change.resource.key) for change in changes))
        held = {"holder": holder, "held_until": self._now(HOLD_SECONDS)}
        free = "attribute_not_exists(held_until) OR held_until < :now"
        writes = [Write(head, held, when=free, values={"now": self._now()}) for head in heads]
        self.table.write(writes + [_change(change, was[change.id]) for change in changes])
        return Hold(holder, heads)

    def conclude(
        self,
        incident: str,
        changes: Sequence[Change],
        notice: Told,
        hold: Hold,
        undone: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Record what became of an approval or an undo. `undone`: resource key -> rule -> reason, kept at its head."""
        kept = self.table.get(hold.heads)
        reasons = {
            head: {"undone": {**json.loads(kept.get(head, {}).get("undone", "{}")), **rules}}
            for head, rules in ((_resource_head(key), rules) for key, rules in undone.items())
        }
        records = [*map(_change, changes), _notice(incident, notice)]
        self._let_go(hold, {head: reasons.get(head, {}) for head in hold.heads}, records, keep=set(reasons))

    def receive(self, incident: str, notice: Told) -> None:
        """Keep the receipts of a notice that was told."""
        self.table.write([_notice(incident, notice)])

    def load(self, incident: str) -> Stored:
        """Return all of one incident. Raises UnknownIncident."""
        items = self.table.query(f"incident#{incident}")
        top = items.get("incident")
        if top is None:
            raise UnknownIncident(f"no incident {incident!r} is in the ledger")
        findings = [(sk != top["opener"], finding_of(item["body"])) for sk, item in _under(items, "finding")]
        changes = [change_of(item["body"]) for _, item in _under(items, "change")]
        return Stored(
            id=incident,
            opened_at=top["opened_at"],
            findings=tuple(finding for _, finding in sorted(findings, key=lambda f: (f[0], f[1].last_seen, f[1].id))),
            rules=tuple(sorted({rule for _, item in _under(items, "finding") for rule in json.loads(item["rules"])})),
            changes=tuple(sorted(changes, key=lambda change: (change.at, change.step))),
            notices=tuple(
                Told(sk.split("#", 1)[1], item["body"], json.loads(item["receipts"]))
                for sk, item in _under(items, "notice")
            ),
        )

    def _now(self, later: int = 0) -> int:
        return int(self.clock().timestamp()) + later

    def _move(self, head: Key, record: Record, known: Known, more: Item) -> Write:
        """Move a head on from the version that was seen, to the record's incident."""
        seen = known.versions.get(head)
        own: Item = {"revision": record.finding.revision} if head == _finding_head(record.finding) else {}
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
        finding = f"finding#{_hash(record.finding.id)}"
        key = f"incident#{record.incident}"
        opened = {"opened_at": self.clock().isoformat(timespec="seconds"), "opener": finding}
        top = Write((key, "incident"), {"last_seen": record.finding.last_seen}, keep=opened)
        told = [_notice(record.incident, record.notice)] if record.notice else []
        body = Write((key, finding), {"body": finding_text(record.finding), "rules": list(record.rules)})
        return [top, body, *map(_change, record.changes), *told]


def _heads(record: Record) -> tuple[Key, ...]:
    resources = (_resource_head(change.resource.key) for change in record.changes)
    return tuple(dict.fromkeys((_finding_head(record.finding), *resources)))


def _finding_head(finding: Finding) -> Key:
    return f"finding#{_hash(finding.id)}", "head"


def _resource_head(key: str) -> Key:
    return f"resource#{key if len(key) <= 512 else _hash(key)}", "head"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _change(change: Change, was: Change | None = None) -> Write:
    values = {"body": change_text(change), "outcome": change.outcome.name}
    key = (f"incident#{change.incident}", f"change#{change.id}")
    if was is None:
        return Write(key, values)
    return Write(key, values, when="outcome = :was AND body = :body_was",
                 values={"was": was.outcome.name, "body_was": change_text(was)})  # fmt: skip


def _notice(incident: str, notice: Told) -> Write:
    return Write((f"incident#{incident}", f"notice#{notice.id}"), {"body": notice.body, "receipts": notice.receipts})


def _under(items: Mapping[str, Item], kind: str) -> Iterable[tuple[str, Item]]:
    return ((sk, item) for sk, item in items.items() if sk.startswith(f"{kind}#"))
