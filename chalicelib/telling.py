"""Telling: notices are composed, delivered, and kept until they have arrived; messages are kept true."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import source_told
from chalicelib.accounts import Accounts
from chalicelib.approvals import asked
from chalicelib.catalogue import Catalogue
from chalicelib.dataclass import dataclass
from chalicelib.errors import AccessRefused
from chalicelib.incidents import of_stored
from chalicelib.ledger import HOLD_SECONDS, Ledger, Stored, Told
from chalicelib.ledger.items import shown, stale
from chalicelib.model import Incident
from chalicelib.notify import Kind, Notice, compose, delivered
from chalicelib.notify.notice import Asked
from chalicelib.organization import Organization
from chalicelib.units import notice_id

Receipts: TypeAlias = Mapping[str, Mapping[str, Any]]
Deliver: TypeAlias = Callable[[Notice, Receipts, Receipts], Receipts]
"""Delivers a notice, given the receipts it has already and those of the incident's first notice."""

Refresh: TypeAlias = Callable[[Notice, Receipts], Receipts]
"""Brings a message that was delivered up to date, given its receipts."""

_OWN = frozenset({Kind.INCIDENT, Kind.ESCALATION})
"""Messages that show the incident as it stands; the others say what was news at their time."""


@dataclass(frozen=True, slots=True)
class Channels:
    """How notices go out. `wait` says in how many seconds what did not arrive is tried again; None: all arrived.

    `readiness` says of each channel why it would take no notice, "" where it would; it is told whether to ask Slack.
    """

    deliver: Deliver
    refresh: Refresh
    wait: Callable[[Receipts], int | None]
    readiness: Callable[[bool], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Teller:
    """Composes notices, delivers them, and keeps the receipts: what cannot be told now is kept until it can be."""

    catalogue: Catalogue
    organization: Organization
    accounts: Accounts
    ledger: Ledger
    channels: Channels
    clock: Callable[[], datetime]

    def compose(
        self, incident: Incident, kind: Kind, *, asked: Asked | None = None, to: str = "", grouped: int = 0
    ) -> Told:
        """Return the notice of an incident, or of the part of it that is news; its id is the same for the same news."""
        news = sorted(f"{change.id} {change.outcome} {change.digest}" for change in incident.changes)
        last = asked.decisions[-1:] if asked else ()
        id_ = notice_id(incident.id, incident.finding.id, kind, to, *(f"{each.at} {each.by}" for each in last), *news)
        notice = self._notice(incident, kind, id_, asked or Asked(), to, grouped)
        return Told(id_, notice.to_json())

    def asked(self, stored: Stored) -> Asked:
        """Return what people are asked about an incident, can decide now, and have decided."""
        return asked(stored, self.catalogue.remediations, self.clock())

    def face(self, stored: Stored, kind: Kind = Kind.INCIDENT, grouped: int = 0) -> Notice:
        """Return what an incident's own message shows as it stands; its id is the same while nothing changes."""
        drawn = self._notice(of_stored(stored, self.catalogue), kind, "", self.asked(stored), "", grouped)
        return replace(drawn, id=_looks(drawn))

    def tell(self, incident: str, earlier: Sequence[Told] = (), new: Sequence[Told] = ()) -> list[Told]:
        """Deliver what has not arrived yet and may be told now, an incident's own message before the replies to it.

        Returns those of which the source is now to be told: that waits for the schedule.

        What was recorded `earlier` and has no receipt may have arrived: once whoever told it had the time to say so, it
        is looked for, and told if it is not there. Until then what replies to it waits: it would stand beside it.
        """
        known = {told.id for told in earlier}
        told_of = [*map(_doubtful, earlier), *(told for told in new if told.id not in known)]
        kept = [(told, Notice.from_json(told.body)) for told in told_of]
        now = self.clock().isoformat(timespec="seconds")
        parent: Receipts = {}
        opening = any(_being_told(told, now) for told in earlier)
        owing: list[Told] = []
        for told, notice in sorted(kept, key=lambda each: (each[1].kind is not Kind.INCIDENT, each[1].at)):
            receipts: Receipts = told.receipts
            waits = opening and notice.kind is Kind.FOLLOW_UP
            if not told.told_at and not waits and max(told.not_before, told.due) <= now:
                receipts = self.channels.deliver(notice, told.receipts, parent)
                receipts = {**told.receipts, **receipts}
                owed = source_told.owed(notice, [each for _, each in kept], receipts, self._seconds())
                receipts = {**receipts, **owed}
                self.ledger.receive(incident, replace(told, receipts=receipts), self.channels.wait(receipts))
                owing += [replace(told, receipts=receipts)] if any("error" in each for each in owed.values()) else []
            if notice.kind is Kind.INCIDENT:
                parent = {name: receipt for name, receipt in receipts.items() if delivered(dict(receipt))}
        return owing

    def _tell_source(self, stored: Stored, told: Told) -> None:
        """Tell the source, and keep what came of it beside the receipts of the people."""
        was = told.receipts[source_told.TARGET]
        receipt = source_told.tell(stored, self.accounts, self.organization.hub, was, self._seconds())
        receipts = {**told.receipts, source_told.TARGET: receipt}
        self.ledger.receive(stored.id, replace(told, receipts=receipts), self.channels.wait(receipts))

    def _seconds(self) -> int:
        return int(self.clock().timestamp())

    def catch_up(self, stored: Stored) -> None:
        """Tell what of an incident has not arrived, people before the source, and take off the list what has."""
        for told in self.tell(stored.id, stored.notices):
            self._tell_source(stored, told)
        for told in stored.notices:
            if told.told_at and told.due:
                self.ledger.receive(stored.id, told, None)
        self.show(stored.id)

    def faced(self, notices: Sequence[Told]) -> bool:
        """Tell whether there is a message that can be brought up to date."""
        return any("ts" in told.receipts.get("slack", {}) for told in notices)

    def show(self, incident: str, grouped: int = 0) -> None:
        """Bring the incident's own messages up to date: what they say, and the buttons of what is possible now."""
        stored, failed = self.ledger.load(incident), False
        for told in stored.notices:
            first = Notice.from_json(told.body)
            message = told.receipts.get("slack", {})
            if first.kind not in _OWN or not message.get("ts"):
                continue
            face = self.face(stored, first.kind, grouped)
            if (message.get("face") or _looks(first)) != face.id:
                receipts = self.channels.refresh(face, told.receipts)
                said = receipts.get("slack", {})
                failed = failed or ("face_error" in said and "face" not in said)
                self.ledger.receive(incident, replace(told, receipts=receipts), self.channels.wait(receipts))
        self.ledger.note([stale(incident, self.clock()) if failed else shown(incident)])

    def _notice(self, incident: Incident, kind: Kind, id_: str, talk: Asked, to: str, grouped: int) -> Notice:
        account = self.organization.account(incident.finding.account)
        return compose(
            incident,
            remediations=self.catalogue.remediations,
            account_name=account.name if account else self._alias(incident.finding.account),
            environment=account.environment if account else "unknown",
            kind=kind,
            notice_id=id_,
            at=self.clock().isoformat(timespec="seconds"),
            asked=talk,
            to=to,
            grouped=grouped,
        )

    def _alias(self, account: str) -> str:
        """Return the account's alias; "" where it has none or we may not ask: a name is not worth a failure."""
        try:
            return self.accounts.alias(account)
        except (AccessRefused, BotoCoreError, ClientError):
            return ""


def _looks(notice: Notice) -> str:
    """Return what is the same for notices that look the same."""
    return hashlib.sha256(replace(notice, id="", at="").to_json().encode()).hexdigest()[:12]


def _being_told(told: Told, now: str) -> bool:
    """Tell whether this is an incident's own message, which another attempt is telling at this moment."""
    return not told.receipts and told.due > now and Notice.from_json(told.body).kind is Kind.INCIDENT


def _doubtful(told: Told) -> Told:
    """Return a notice that an attempt began to tell and left without a receipt as one that may have arrived."""
    if told.told_at or told.receipts or not told.due:
        return told
    began = datetime.fromisoformat(told.due).timestamp() - HOLD_SECONDS
    return replace(told, receipts={"slack": {"error": "begun", "unknown": 1, "attempts": 0, "since": int(began)}})
