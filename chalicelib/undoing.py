"""What can be taken back of an incident, in which order, and what stays. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.model import Change, Outcome, Remediation

UNDOABLE = {
    Outcome.INTENDED,  # the attempt died and the event was not delivered again
    Outcome.CONTAINED,
    Outcome.UNVERIFIED,
    Outcome.FAILED,
    Outcome.UNDOING,
    Outcome.DRIFTED,
    Outcome.KEPT,
}
"""The outcomes that may have left something to take back, where there was a plan."""

HOLDS = {Outcome.INTENDED, Outcome.CONTAINED, Outcome.UNVERIFIED}
"""The outcomes of what is in place, or may be: it is taken back when its time is over."""

WITHIN = ("ip", "principal")
"""Details of a resource that say whom it was closed to: for two of them it was closed twice, and is opened twice."""


def chains(changes: Sequence[Change]) -> list[list[Change]]:
    """Return what may be taken back, the last first. A place is one chain of changes, back to its first `before`."""
    places: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        if change.outcome in UNDOABLE and change.digest:
            within = (change.resource.details.get(name, "") for name in WITHIN)
            places.setdefault((change.remediation, change.resource.key, *within), []).append(change)
    return sorted(places.values(), key=lambda chain: (chain[-1].at, chain[-1].step), reverse=True)


def holds_until(chain: Sequence[Change]) -> str:
    """Return until when a chain is to hold (ISO 8601, UTC), by the last that was done of it; "": for good."""
    return max((change.expires_at for change in chain if change.outcome in HOLDS), default="")


def expiring(chain: Sequence[Change]) -> bool:
    """Tell whether a chain is being taken back because its time was over, and not because people want it."""
    return chain[-1].outcome is Outcome.UNDOING and bool(chain[-1].expires_at)


def expired(chain: Sequence[Change], now: datetime) -> bool:
    """Tell whether the time of a chain is over; also while it is being taken back for that."""
    until = holds_until(chain)
    return expiring(chain) or (bool(until) and datetime.fromisoformat(until) <= now)


def touched(change: Change) -> bool:
    """Tell whether the resource was changed, also by an attempt that failed half-way or has not reported back."""
    if change.outcome is Outcome.FAILED:
        return any(not call.error for call in change.calls)
    return change.outcome in UNDOABLE


def can_undo(changes: Sequence[Change], remediations: Mapping[str, Remediation]) -> bool:
    """Tell whether something was touched that can be taken back."""
    for chain in chains(changes):
        known = remediations.get(chain[-1].remediation)
        if known and not known.irreversible and any(map(touched, chain)):
            return True
    return False


def why_kept(change: Change, remediations: Mapping[str, Remediation], *, confirm: bool) -> str:
    """Return why an undo leaves a change as it is; "" where it takes it back."""
    known = remediations.get(change.remediation)
    if known is None:
        return f"{change.remediation} is no longer in the catalogue: undo it by hand"
    if known.irreversible:
        return known.irreversible
    return known.confirm_undo if not confirm else ""
