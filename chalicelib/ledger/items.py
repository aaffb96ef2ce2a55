"""The items of one incident: how each is written, and how all of them are read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.decision import Approval, Decision
from chalicelib.errors import ArrivedBefore, UnknownIncident
from chalicelib.ledger.keys import DUE, HOLD_SECONDS, UNSEALED, hashed, incident_pk
from chalicelib.ledger.shapes import Stored, Told
from chalicelib.model import Change, Finding, Outcome
from chalicelib.records import (
    approval_of,
    approval_text,
    change_of,
    change_text,
    decision_of,
    decision_text,
    finding_of,
)
from chalicelib.table import Item, Key, Write
from chalicelib.undoing import HOLDS

UNLISTED = ("list", "at")
_SELDOM = 900
"""Seconds between two looks at a change that does not settle."""

_PENDING = {Outcome.UNVERIFIED, Outcome.UNDOING}
"""Outcomes that the schedule looks at again until they settle."""


def listed(at: datetime) -> Item:
    """Return what puts an item on the list of what is due."""
    return {"list": DUE, "at": at.isoformat(timespec="seconds")}


def unsealed(now: datetime) -> Item:
    """Return what puts an item on the list of what is to be sealed, in the write that changes it."""
    return {"list": UNSEALED, "at": now.isoformat(timespec="seconds")}


def change(change: Change, now: datetime, was: Change | None = None) -> Write:
    """Return the write of a change; only if it is as it `was`, where that is given.

    What is pending is due again and again until it settles, what expires when its time is over.
    """
    key = (incident_pk(change.incident), f"change#{change.id}")
    due: Item = {}
    if change.outcome in _PENDING:
        due = listed(_look_again(change, now))
    elif change.expires_at and change.outcome in HOLDS:
        due = listed(datetime.fromisoformat(change.expires_at))
    values: Item = {"body": change_text(change), "outcome": change.outcome.name, **due}
    if was is None:
        return Write(key, values, whole=True)
    seen = {"was": was.outcome.name, "body_was": change_text(was)}
    return Write(key, {**unsealed(now), **values}, when="outcome = :was AND body = :body_was", values=seen)


def notice(told: Told, incident: str, now: datetime, *, fresh: bool = False) -> Write:
    """Return the write of a new notice, which is due until somebody says that it has arrived.

    One that may be there already keeps its receipts, if it is not known to be `fresh`: nothing is told twice because it
    was recorded twice.
    """
    due = datetime.fromisoformat(told.not_before) if told.not_before else later(now)
    values = {"body": told.body, "receipts": told.receipts, "told_at": told.told_at, "not_before": told.not_before}
    values |= {} if told.told_at else listed(due)
    key = notice_key(incident, told)
    return Write(key, values, whole=True) if fresh else Write(key, {}, keep=values)


def receipts(told: Told, incident: str, due: datetime | None, now: datetime) -> Write:
    """Return the write of a notice's receipts; `due` is when it is to be tried again: if not at all, it has arrived.

    It raises ArrivedBefore where another attempt has said so since the notice was read.
    """
    told_at = told.told_at or ("" if due else now.isoformat(timespec="seconds"))
    values = {"body": told.body, "receipts": told.receipts, "told_at": told_at, "not_before": told.not_before}
    return Write(
        notice_key(incident, told),
        {**values, **(listed(due) if due else unsealed(now))},
        when="attribute_not_exists(pk) OR told_at = :told_before",
        values={"told_before": told.told_at},
        refusal=lambda _: ArrivedBefore(f"{told.id} has arrived"),
        whole=True,
    )


def ask(approval: Approval, due: datetime | None = None) -> Write:
    """Return the write of what waits for people; it takes the place of what waited before."""
    at = due or datetime.fromisoformat(approval.expires_at)
    return Write(approval_key(approval), {"body": approval_text(approval), "waiting": True, **listed(at)}, whole=True)


def amend(approval: Approval, was: Approval, due: datetime) -> Write:
    """Return the write of votes or an escalation, only if nobody was faster."""
    seen = {"was": approval_text(was), "yes": True}
    values = {"body": approval_text(approval), **listed(due)}
    return Write(approval_key(approval), values, when="body = :was AND waiting = :yes", values=seen)


def close(approval: Approval) -> Write:
    """Return the write that ends the waiting; what was asked stays to be read. Raises Busy where it changed since."""
    seen = {"was": approval_text(approval)}
    return Write(approval_key(approval), {"waiting": False}, UNLISTED, when="body = :was", values=seen)


def say(decision: Decision) -> Write:
    """Return the write of a decision; the same decision is one item however often it comes."""
    values = {"body": decision_text(decision), "list": UNSEALED, "at": decision.at}
    return Write((incident_pk(decision.incident), decision_sk(decision)), values, whole=True)


def mark(incident: str, values: Mapping[str, str]) -> Write:
    """Return the write of what holds for the whole incident: `acknowledged_by`, `snoozed_until`."""
    return Write((incident_pk(incident), "incident"), dict(values))


def notice_key(incident: str, told: Told) -> Key:
    return incident_pk(incident), f"notice#{told.id}"


def finding_sk(finding: Finding) -> str:
    return f"finding#{hashed(finding.id)}"


def approval_key(approval: Approval) -> Key:
    return incident_pk(approval.incident), f"approval#{approval.of.value}"


def decision_sk(decision: Decision) -> str:
    """Return the place of a decision: in order of time, and the same on every delivery."""
    return f"decision#{decision.at}#{hashed(f'{decision.by} {decision.action} {decision.digest}')[:12]}"


def stale(incident: str, now: datetime, wait: int = HOLD_SECONDS) -> Write:
    """Return the write that an incident's own message does not show it as it is; the schedule sees to it if need be."""
    return Write((incident_pk(incident), "face"), {"current": False, **listed(later(now, wait))}, whole=True)


def shown(incident: str) -> Write:
    """Return the write that an incident's own message shows it as it is."""
    return Write((incident_pk(incident), "face"), {"current": True}, whole=True)


def stored(incident: str, items: Mapping[str, Item]) -> Stored:
    """Return the incident of its items. Raises UnknownIncident where there are none.

    What is asked about changes that are not all there was being recorded by a process that died: it is asked again when
    the event is delivered again, and nobody has seen it yet.
    """
    top = items.get("incident")
    if top is None:
        raise UnknownIncident(f"no incident {incident!r} is in the ledger")
    findings = [(sk != top["opener"], finding_of(item["body"])) for sk, item in _under(items, "finding")]
    changes = [change_of(item["body"]) for _, item in _under(items, "change")]
    asked = [approval_of(item["body"]) for _, item in _under(items, "approval") if item["waiting"]]
    known = {change.id for change in changes}
    return Stored(
        id=incident,
        opened_at=top["opened_at"],
        findings=tuple(finding for _, finding in sorted(findings, key=lambda f: (f[0], f[1].last_seen, f[1].id))),
        rules=tuple(sorted({rule for _, item in _under(items, "finding") for rule in json.loads(item["rules"])})),
        changes=tuple(sorted(changes, key=lambda change: (change.at, change.step))),
        notices=tuple(
            Told(
                id=sk.split("#", 1)[1],
                body=item["body"],
                receipts=json.loads(item["receipts"]),
                told_at=item["told_at"],
                not_before=item["not_before"],
                due=item.get("at", "") if item.get("list") == DUE else "",
            )
            for sk, item in _under(items, "notice")
        ),
        approvals=tuple(each for each in asked if known.issuperset(each.changes)),
        decisions=tuple(decision_of(item["body"]) for _, item in sorted(_under(items, "decision"))),
        acknowledged_by=top.get("acknowledged_by", ""),
        snoozed_until=top.get("snoozed_until", ""),
    )


def later(now: datetime, seconds: int = HOLD_SECONDS) -> datetime:
    """Return when to look again at what is being done now: after whoever does it had the time to."""
    return datetime.fromtimestamp(now.timestamp() + seconds, tz=now.tzinfo)


def _look_again(change: Change, now: datetime) -> datetime:
    """Return when to look whether a change holds: soon at first, then ever later."""
    began = (change.outcome is Outcome.UNDOING and change.expires_at) or change.at
    age = (now - datetime.fromisoformat(began)).total_seconds()
    return later(now, int(min(max(age, HOLD_SECONDS), _SELDOM)))


def _under(items: Mapping[str, Item], kind: str) -> Iterable[tuple[str, Item]]:
    return ((sk, item) for sk, item in items.items() if sk.startswith(f"{kind}#"))
