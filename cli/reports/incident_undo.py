"""What an undo would take back of an incident, in its order, and what would stay and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.ledger import Stored
from chalicelib.model import Change, Remediation
from chalicelib.undoing import chains, touched
from cli.proposal import kept
from cli.reports.diff import Diff, diff
from cli.reports.incident_changes import ResourceSaid, resource_said
from cli.reports.page import plain


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One place that an undo takes back. `stays` says why it would not, `confirm` that it would with --confirm."""

    title: str
    resource: ResourceSaid
    diff: Diff
    stays: str
    confirm: bool


def undo_steps(stored: Stored, remediations: Mapping[str, Remediation]) -> tuple[UndoStep, ...]:
    """Return what an undo would take back, the last change first, as far as the ledger knows."""
    return tuple(_step(c, remediations) for c in chains(stored.changes) if any(map(touched, c)))


def _step(chain: Sequence[Change], remediations: Mapping[str, Remediation]) -> UndoStep:
    last, known = chain[-1], remediations.get(chain[-1].remediation)
    return UndoStep(
        title=plain(known.title if known else last.remediation, 300),
        resource=resource_said(last.resource),
        diff=diff(last.after, chain[0].before),
        stays=_stays(last, remediations),
        confirm=bool(known and known.confirm_undo and not known.irreversible),
    )


def _stays(change: Change, remediations: Mapping[str, Remediation]) -> str:
    why = plain(kept(change, remediations, confirm=False))
    return f"It stays as it is {why}" if why.startswith("without ") else why[:1].upper() + why[1:]
