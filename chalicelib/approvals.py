"""What can be approved and undone of an incident as it now stands, and what people are asked. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from chalicelib.decision import Action, Approval, Decision
from chalicelib.ledger import Stored
from chalicelib.model import Change, Outcome, Remediation
from chalicelib.notify.buttons import DETAILS
from chalicelib.notify.notice import Asked, Button, DecisionLine
from chalicelib.undoing import can_undo, chains

_DECISIONS_SHOWN = 8


def waiting(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return what waits for approval: of each place only what was decided last counts."""
    last: dict[tuple[str, str], Change] = {}
    for change in changes:
        last[change.remediation, change.resource.key] = change
    return tuple(change for change in last.values() if change.outcome is Outcome.AWAITING)


def digest(changes: Iterable[Change]) -> str:
    """Return the SHA-256 (32 hexadecimal digits of it) of exactly these changes as they were shown."""
    shown = sorted(f"{change.id} {change.digest}" for change in changes)
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:32]


def undo_digest(changes: Sequence[Change]) -> str:
    """Return the digest of what an undo would take back now."""
    return digest(change for chain in chains(changes) for change in chain)


def asked_for(
    incident: str, changes: Sequence[Change], now: datetime, *, minutes: int, needed: int, was: Approval | None
) -> Approval | None:
    """Return the approval that these waiting changes need; the one that there `was` where nothing is new."""
    if not changes:
        return None
    shown = digest(changes)
    if was and was.digest == shown:
        return was
    return Approval(
        incident=incident,
        of=Action.APPROVE,
        digest=shown,
        changes=tuple(change.id for change in changes),
        asked_at=now.isoformat(timespec="seconds"),
        expires_at=(now + timedelta(minutes=minutes)).isoformat(timespec="seconds"),
        needed=needed,
    )


def open_now(approval: Approval | None, now: datetime) -> bool:
    """Tell whether people can still vote on it: neither granted nor expired."""
    return approval is not None and not granted(approval) and now < datetime.fromisoformat(approval.expires_at)


def granted(approval: Approval) -> bool:
    """Tell whether as many different people as are needed have approved."""
    return len(approval.votes) >= approval.needed


def buttons(stored: Stored, remediations: Mapping[str, Remediation], now: datetime) -> tuple[Button, ...]:
    """Return what people can decide about an incident now."""
    found: list[Button] = []
    response, undoing = stored.approval(Action.APPROVE), stored.approval(Action.UNDO)
    ids = {change.id: change for change in stored.changes}
    for approval in (response, undoing):
        if approval and open_now(approval, now):
            shown = [ids[id_] for id_ in approval.changes if id_ in ids]
            found.append(Button(Action.APPROVE, approval.digest, _ask(approval, shown, remediations)))
            found.append(Button(Action.DENY, approval.digest))
    if undoing is None and can_undo(stored.changes, remediations):
        found.append(Button(Action.UNDO, undo_digest(stored.changes)))
    if not stored.acknowledged_by:
        found.append(Button(Action.ACKNOWLEDGE))
    if not _snoozed(stored, now):
        found.append(Button(Action.SNOOZE))
    return (*found, Button(Action.ESCALATE), Button(DETAILS))


def asked(stored: Stored, remediations: Mapping[str, Remediation], now: datetime) -> Asked:
    """Return what people are asked about an incident, can decide now, and have decided."""
    pending = next((each for each in stored.approvals if open_now(each, now)), None)
    return Asked(
        buttons=buttons(stored, remediations, now),
        expires=pending.expires_at if pending else "",
        needed=pending.needed if pending else 0,
        approved_by=tuple(sorted(pending.votes)) if pending else (),
        requester=pending.requester if pending else "",
        acknowledged_by=stored.acknowledged_by,
        snoozed_until=stored.snoozed_until if _snoozed(stored, now) else "",
        decisions=tuple(line(decision) for decision in stored.decisions[-_DECISIONS_SHOWN:]),
    )


def line(decision: Decision) -> DecisionLine:
    """Return a decision as people are told of it."""
    return DecisionLine(decision.at, decision.by, decision.action.value, decision.reason, decision.result)


def _snoozed(stored: Stored, now: datetime) -> bool:
    return bool(stored.snoozed_until) and now < datetime.fromisoformat(stored.snoozed_until)


def _ask(approval: Approval, changes: Iterable[Change], remediations: Mapping[str, Remediation]) -> str:
    """Return what is asked before an approval counts: what it would do, and its impact."""
    if approval.of is Action.UNDO:
        return f"Take back what this incident changed? {approval.requester} asks for it: {approval.reason}"
    told = []
    for change in changes:
        known = remediations.get(change.remediation)
        told.append(f"{known.title}: {change.resource.id}. {known.impact}" if known else change.remediation)
    return " ".join(dict.fromkeys(told))
