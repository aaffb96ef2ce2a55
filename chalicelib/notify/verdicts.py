"""The one thing that whoever is woken must know first: what all changes of an incident come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chalicelib.model import Change, Outcome
from chalicelib.notify.notice import Verdict

VERDICTS: Mapping[Outcome, Verdict] = {
    Outcome.FAILED: Verdict.NOT_CONTAINED,
    Outcome.INTENDED: Verdict.NOT_CONTAINED,
    Outcome.UNDOING: Verdict.NOT_UNDONE,
    Outcome.DRIFTED: Verdict.NOT_UNDONE,
    Outcome.KEPT: Verdict.NOT_UNDONE,
    Outcome.UNVERIFIED: Verdict.NOT_VERIFIED,
    Outcome.AWAITING: Verdict.WAITING,
    Outcome.OBSERVED: Verdict.WOULD_CHANGE,
    Outcome.OFF: Verdict.HELD_BACK,
    Outcome.CONTAINED: Verdict.CONTAINED,
    Outcome.UNDONE: Verdict.UNDONE,
    Outcome.COMPLIANT: Verdict.NOTHING_TO_DO,
    Outcome.GONE: Verdict.NOTHING_TO_DO,
}
"""What each outcome means for the incident, worst first: the worst outcome of all changes decides."""

_WORST_FIRST = {outcome: rank for rank, outcome in enumerate(VERDICTS)}


def worst_first(changes: Iterable[Change]) -> list[Change]:
    """Return the changes in the order in which people must know of them."""
    return sorted(changes, key=lambda change: _WORST_FIRST[change.outcome])


def of(worst_first: Sequence[Change]) -> Verdict:
    """Return what all changes come to; what was taken back has expired where people undid none of it."""
    verdict = VERDICTS[worst_first[0].outcome] if worst_first else Verdict.TOLD
    by_itself = all(change.expires_at for change in worst_first if change.outcome is Outcome.UNDONE)
    return Verdict.EXPIRED if verdict is Verdict.UNDONE and by_itself else verdict
