"""What somebody is about to decide, shown before it is done: the exact changes, and what an undo would meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from chalicelib import reconcile
from chalicelib.approvals import granted, open_now
from chalicelib.decision import Action, Approval
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError, Gone
from chalicelib.ledger import Stored
from chalicelib.model import Change, Outcome, Remediation, State
from chalicelib.notify.states import difference, readable
from chalicelib.undoing import chains, why_kept
from cli.deployed import AWS_ERRORS
from cli.show import grid, plain
from cli.times import local

_LONG = 1000

Rows = Iterator[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a fresh look at a resource found: its state, or why there is none."""

    state: State = None
    gone: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """One place that an undo takes back: its first change, its last one, and the resource as it is now."""

    first: Change
    last: Change
    now: Seen

    @property
    def drifted(self) -> bool:
        """Whether somebody changed it since, so that an undo refuses. One that was begun goes on."""
        if self.now.gone or self.now.unknown or self.last.outcome is Outcome.UNDOING:
            return False
        return not any(reconcile.same(self.now.state, state) for state in (self.last.after, self.first.before))


def pending(stored: Stored, now: datetime) -> Approval:
    """Return what waits for people, a response before an undo. Raises CountermeasureError where nothing does."""
    waits = [each for each in stored.approvals if not granted(each)]
    if not waits:
        raise CountermeasureError(f"nothing waits for approval in {stored.id}")
    found = next((each for each in waits if open_now(each, now)), None)
    if found is None:
        raise CountermeasureError(f"this waited until {local(waits[0].expires_at)}, and has expired")
    return found


def asked(stored: Stored, approval: Approval, remediations: Mapping[str, Remediation]) -> Iterator[RenderableType]:
    """Yield what waits: each change, its impact, who asks for it and why it was not done at once."""
    votes = f"{len(approval.votes)} of {approval.needed} approvals"
    yield Text(f"Waits until {local(approval.expires_at)}: {votes}", "bold yellow")
    if approval.of is Action.UNDO:
        yield Text(f"{plain(approval.requester)} asks to undo it: {plain(approval.reason, _LONG)}", "bold")
    ids = {change.id: change for change in stored.changes}
    shown = [ids[id_] for id_ in approval.changes if id_ in ids]
    for number, change in enumerate(shown, 1):
        known = remediations.get(change.remediation)
        yield Text(f"\n{number}. {_title(change, remediations)}")
        rows = _undoes(change) if approval.of is Action.UNDO else _does(change, known.impact if known else "")
        yield grid(rows, 3)
    if sum(not granted(each) for each in stored.approvals) > 1:
        yield Text("\nMore waits than this: decide about it after that.", "yellow")


def backs(engine: Engine, stored: Stored) -> tuple[Back, ...]:
    """Return what an undo would take back, in its order, each looked at now through a session that can only read."""
    return tuple(Back(chain[0], chain[-1], _look(engine, chain[-1])) for chain in chains(stored.changes))


def taken_back(
    found: Sequence[Back], remediations: Mapping[str, Remediation], *, confirm: bool, force: bool
) -> Iterator[RenderableType]:
    """Yield what an undo would do, the last change first; what it leaves as it is, and why."""
    for number, back in enumerate(found, 1):
        why = kept(back.last, remediations, confirm=confirm)
        yield Text(f"\n{number}. {_title(back.last, remediations)}")
        yield grid(_back(back, why, remediations.get(back.last.remediation), force=force), 3)


def three(back: Back) -> Rows:
    """Yield the three states of what somebody changed since."""
    yield "before", plain(readable(back.first.before), _LONG), "red"
    yield "as left", plain(readable(back.last.after), _LONG), "green"
    yield "now", _now(back.now), "bold yellow"


def kept(change: Change, remediations: Mapping[str, Remediation], *, confirm: bool) -> str:
    """Return why an undo leaves this change as it is; "" where it takes it back."""
    known, why = remediations.get(change.remediation), why_kept(change, remediations, confirm=confirm)
    if not known or not why:
        return why
    return f"cannot be undone: {why}" if known.irreversible else f"without --confirm: {why}"


def _does(change: Change, impact: str) -> Rows:
    before, after = difference(change.before, change.after)
    yield "on", _place(change), ""
    yield "before", plain(before, _LONG), "red"
    yield "after", plain(after, _LONG), "green"
    yield "impact", plain(impact, _LONG), ""
    yield "asks", f"rule {plain(change.rule)}", ""
    yield from (("why", f"{plain(each.guardrail)}: {plain(each.reason, _LONG)}", "yellow") for each in change.ceilings)


def _undoes(change: Change) -> Rows:
    before, after = difference(change.after, change.before)
    yield "on", _place(change), ""
    yield "from", plain(before, _LONG), ""
    yield "back to", plain(after, _LONG), ""


def _back(back: Back, why: str, known: Remediation | None, *, force: bool) -> Rows:
    yield "on", _place(back.last), ""
    if why:
        yield "stays", plain(why, _LONG), "yellow"
        return
    if back.drifted:
        yield from three(back)
        said = "taken back all the same" if force else "refused without --force"
        yield "drift", f"somebody changed it since: {said}", "bold red"
        return
    before, after = difference(back.last.after, back.first.before)
    yield "from", plain(before, _LONG), ""
    yield "back to", plain(after, _LONG), ""
    if back.now.gone or back.now.unknown:
        yield "now", _now(back.now), "bold yellow"
    elif reconcile.same(back.now.state, back.first.before):
        yield "now", "as it was before, already", ""
    if known and known.confirm_undo:
        yield "mind", plain(known.confirm_undo, _LONG), "bold yellow"


def _look(engine: Engine, change: Change) -> Seen:
    remediation, resource = engine.catalogue.remediations.get(change.remediation), change.resource
    if remediation is None:
        return Seen(unknown="its remediation is no longer in the catalogue")
    accounts = engine.hands.accounts
    try:
        with accounts.reading(resource.account, resource.region, change.incident, [remediation]) as aws:
            return Seen(reconcile.read(remediation, aws, resource))
    except Gone as error:
        return Seen(gone=str(error))
    except (CountermeasureError, *AWS_ERRORS) as error:
        return Seen(unknown=str(error))


def _now(seen: Seen) -> str:
    if seen.gone:
        return plain(seen.gone)
    return f"could not be looked at: {plain(seen.unknown)}" if seen.unknown else plain(readable(seen.state), _LONG)


def _title(change: Change, remediations: Mapping[str, Remediation]) -> str:
    known = remediations.get(change.remediation)
    return known.title if known else plain(change.remediation)


def _place(change: Change) -> str:
    resource = change.resource
    return f"{plain(resource.id)} ({plain(resource.type)}) in {plain(resource.account)} {plain(resource.region)}"
