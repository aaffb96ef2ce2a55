"""Decide about an incident from a terminal: show what it means, ask, have it done, and say what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from chalicelib.approvals import undo_digest
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError
from chalicelib.ledger import Stored
from chalicelib.model import Change, Outcome
from chalicelib.undoing import HOLDS, chains
from cli.faces import face
from cli.hub import DONE, FAILED, Hub, caller, engine
from cli.incident import WIDEST, head
from cli.proposal import Back, asked, backs, pending, taken_back, three
from cli.show import OUTCOME, console, grid, plain

_QUESTIONS = {
    Action.APPROVE: "Approve exactly this?",
    Action.DENY: "Deny it? It is not done then, and not asked for again.",
    Action.UNDO: "Undo this?",
    Action.SNOOZE: "Hold back what is told of it, but for what must not wait?",
    Action.ESCALATE: "Tell the second channel?",
}
"""What is asked before a decision; an acknowledgement changes nothing, and is not asked about."""

LONGEST = 500
"""Characters of a reason."""

_NOT_DONE = {Outcome.FAILED, Outcome.AWAITING, Outcome.DRIFTED, Outcome.UNDOING, Outcome.INTENDED, Outcome.OBSERVED}
"""Outcomes of a change that was to be carried out, or taken back, and was not."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is decided. `yes`: nobody is asked; `confirm` and `force` say how far an undo goes; `minutes`: a snooze."""

    action: Action
    incident: str
    reason: str = ""
    yes: bool = False
    confirm: bool = False
    force: bool = False
    minutes: int = 0


def run(hub: Hub, wishes: Wishes) -> int:
    """Show, ask, decide; return 0, or 1 when what was decided did not come about. Raises what `decide` raises."""
    out, made = console(WIDEST), engine(hub)
    by, stored = caller(hub), hub.ledger.load(wishes.incident)
    out.print(*head(stored, face(hub, stored, made.clock())), sep="\n")
    digest, about, found, of = "", frozenset[str](), tuple[Back, ...](), wishes.action
    match wishes.action:
        case Action.APPROVE | Action.DENY:
            approval = pending(stored, made.clock())
            digest, about, of = approval.digest, frozenset(approval.changes), approval.of
            out.print(*asked(stored, approval, hub.catalogue.remediations), sep="\n")
        case Action.UNDO:
            digest, found = undo_digest(stored.changes), backs(made, stored)
            about = frozenset(change.id for chain in chains(stored.changes) for change in chain)
            out.print(*_undoes(hub, stored, found, wishes), sep="\n")
    _ask(wishes, by)
    reason = _reason(wishes, drifted=any(back.drifted for back in found))
    at = made.clock().isoformat(timespec="microseconds")
    decision = Decision(
        action=wishes.action,
        incident=stored.id,
        by=by,
        at=at,
        via="command",
        digest=digest,
        reason=reason,
        confirm=wishes.confirm,
        force=wishes.force,
        minutes=wishes.minutes,
    )
    done = decide(made, decision)
    out.print(Text(f"\nDone: {plain(done.result, 1000)}", "bold"))
    return _came_of_it(out, made, decision, about, undone=of is Action.UNDO)


def _undoes(hub: Hub, stored: Stored, found: tuple[Back, ...], wishes: Wishes) -> Iterator[RenderableType]:
    if not found:
        raise CountermeasureError(f"nothing was changed in {stored.id}: there is nothing to undo")
    yield Text("Would be taken back, in this order:", "bold")
    yield from taken_back(found, hub.catalogue.remediations, confirm=wishes.confirm, force=wishes.force)


def _ask(wishes: Wishes, by: str) -> None:
    """Ask before it is done; who does not say yes ends the command with exit code 1."""
    question = _QUESTIONS.get(wishes.action)
    if question and not wishes.yes:
        typer.confirm(f"\nYou are {plain(by)}. {question}", abort=True, err=True)


def _reason(wishes: Wishes, *, drifted: bool) -> str:
    """Return why it is decided, asked for where it must be said; of what somebody changed since, once more."""
    reason = wishes.reason
    if wishes.yes:
        return plain(reason, LONGEST)
    if not reason and wishes.action in {Action.UNDO, Action.SNOOZE}:
        reason = str(typer.prompt("Why", err=True)).strip()
    if wishes.force and drifted:
        again = typer.prompt("Somebody changed it since. Why take it back all the same", err=True)
        reason = f"{reason}; forced: {again}"
    return plain(reason, LONGEST)


def _came_of_it(out: Console, engine: Engine, decision: Decision, about: Collection[str], *, undone: bool) -> int:
    """Print what became of every change that the decision was about, or its undo; return the exit code."""
    stored = engine.ledger.load(decision.incident)
    waits = any(approval.digest == decision.digest for approval in stored.approvals)
    if decision.action not in {Action.APPROVE, Action.UNDO} or waits:
        return DONE
    changes = [change for change in stored.changes if change.id in about]
    drifted = any(change.outcome is Outcome.DRIFTED for change in changes)
    states = {back.last.id: back for back in (backs(engine, stored) if drifted else ())}
    for change in changes:
        out.print(*_outcome(change, states.get(change.id)), sep="\n")
    outcomes = {change.outcome for change in changes}
    not_done = _NOT_DONE | (HOLDS if undone else set())
    return FAILED if outcomes & not_done or outcomes == {Outcome.KEPT} else DONE


def _outcome(change: Change, back: Back | None) -> Iterator[RenderableType]:
    drifted = back if change.outcome is Outcome.DRIFTED else None
    said = f": {plain(change.reason, 1000)}" if change.reason and not drifted else ""
    what = f"  {plain(change.remediation)} on {plain(change.resource.id)}{said}"
    yield Text.assemble((change.outcome.upper(), OUTCOME.get(change.outcome, "")), what)
    if drifted:
        yield grid(three(drifted), 3)
