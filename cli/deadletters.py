"""The events that functions could not answer: list what waits in the dead-letter queues, show it, send it once more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import typer

from chalicelib.model import Mode
from cli.deployed import BadInput, Deployed
from cli.letters import Letter, held, take_off
from cli.remote import Sent, Wishes, ask, route, send, show
from cli.show import plain
from infrastructure.names import DECIDE, FUNCTIONS, named

LINES = 400
"""Lines of an event that are shown at most: `--json` gives all of it."""


def list_letters(to: Deployed, function: str, wishes: Wishes) -> int:
    """Print what waits in the dead-letter queues, which stays there; return 0."""
    with held(to, _chosen(function)) as found:
        for letter in found:
            typer.echo(json.dumps(_told(letter)) if wishes.as_json else _line(letter))
    if not wishes.as_json:
        if not found:
            typer.echo("No event waits.")
        _say_archives(to)
    return 0


def _say_archives(to: Deployed) -> None:
    """Say how many events can be replayed although nothing failed: those of a time in which nobody listened."""
    archives = to.client("events").list_archives(NamePrefix=named(to.stage, ""))["Archives"]
    if archives:
        events = sum(each.get("EventCount", 0) for each in archives)
        typer.echo(f"{len(archives)} archives keep all events, {events} now: countermeasure archive --stage {to.stage}")


def show_letter(to: Deployed, function: str, ids: Sequence[str], wishes: Wishes) -> int:
    """Print letters whole: why, when, how often, and the event; they stay. Returns 0. Raises BadInput."""
    if not ids:
        raise BadInput("say which: countermeasure deadletters show ID; `deadletters list` names every ID")
    with held(to, _chosen(function)) as found:
        for letter in _picked(found, ids):
            typer.echo(json.dumps({**_told(letter), "body": letter.body}) if wishes.as_json else _whole(letter))
    return 0


def replay_letters(to: Deployed, function: str, wishes: Wishes, ids: Sequence[str] = ()) -> int:
    """Send dead letters, all or those named, to their functions again. What was answered is taken off its queue, if it
    was more than observed.

    Returns 0, or 1 when one was not answered: it stays. Raises BadInput.
    """
    bad = 0
    with held(to, _chosen(function)) as found:
        routed = [(letter, _addressed(letter)) for letter in _picked(found, ids)]
        ask(to, [sent for _, sent in routed], wishes)
        for letter, sent in routed:
            done = sent if sent.problem else send(to, sent, letter.event, wishes.mode)
            show(done, wishes)
            bad += bool(done.problem)
            if not done.problem and wishes.mode > Mode.OBSERVE:
                take_off(to, letter)
                found.remove(letter)
        if not routed and not wishes.as_json:
            typer.echo("No event waits.")
    return 1 if bad else 0


def discard_letter(to: Deployed, function: str, id_: str, wishes: Wishes) -> int:
    """Show a letter whole, ask, and take it off its queue for good; return 0. Raises BadInput."""
    with held(to, _chosen(function)) as found:
        [letter] = _picked(found, [id_])
        typer.echo(json.dumps({**_told(letter), "body": letter.body}) if wishes.as_json else _whole(letter))
        if not wishes.yes:
            loss = "" if _addressed(letter).problem else ", although it could be sent again"
            typer.confirm(
                f"Take {plain(letter.id)} off the queue of {letter.function} for good{loss}?", abort=True, err=True
            )
        take_off(to, letter)
        found.remove(letter)
    if not wishes.as_json:
        typer.echo(f"Taken off the queue of {letter.function}: {plain(letter.id)}.")
    return 0


def _chosen(function: str) -> tuple[str, ...]:
    """Return the function that was named, or all. Raises BadInput."""
    if function and function not in FUNCTIONS:
        raise BadInput(f"there is no function {function!r}; use one of {', '.join(FUNCTIONS)}")
    return (function,) if function else FUNCTIONS


def _picked(found: Sequence[Letter], ids: Sequence[str]) -> list[Letter]:
    """Return the letters of these ids, or all where none is named. Raises BadInput."""
    by_id = {letter.id: letter for letter in found}
    if missing := [id_ for id_ in ids if id_ not in by_id]:
        raise BadInput(f"no letter {', '.join(missing)} waits: `countermeasure deadletters list` names every ID")
    return [by_id[id_] for id_ in dict.fromkeys(ids)] if ids else list(found)


def _addressed(letter: Letter) -> Sent:
    """Return where a letter goes: back to the function that could not answer it."""
    if letter.event is None:
        return Sent(letter.id, letter.function, problem="not an event", malformed=True)
    if letter.function == DECIDE:
        return Sent(letter.id, letter.function, problem="a decision is not sent again: decide anew, in Slack or here")
    if letter.is_heartbeat:
        return Sent(letter.id, letter.function, problem="a heartbeat is not sent again: the next is on its way")
    return Sent(letter.id, letter.function, accounts=route(letter.id, letter.event).accounts)


def _told(letter: Letter) -> dict[str, Any]:
    return {
        "function": letter.function,
        "id": letter.id,
        "at": letter.at,
        "why": letter.why,
        "by": letter.by,
        "tries": letter.tries,
        "event": letter.event,
    }


def _line(letter: Letter) -> str:
    event = letter.event or {}
    what = f"{plain(str(event.get('detail-type', 'not an event')))} {plain(str(event.get('account', '')))}"
    return f"{letter.at}  {letter.function}  {letter.id}  {what}: {plain(letter.why)}"


def _whole(letter: Letter) -> str:
    """Return a letter in lines of text in which nothing acts on a terminal, whatever the event holds."""
    tries = f", after {letter.tries} tries" if letter.tries else ""
    lines = [
        f"{letter.id} in the queue of {letter.function}",
        f"  since   {letter.at}, read {letter.seen} times",
        f"  given up by {letter.by or 'an unknown sender'}{tries}",
        f"  why     {plain(letter.why, 2000)}",
        *(f"  {plain(name, 60)}: {plain(value, 500)}" for name, value in sorted(letter.told.items())),
        f"  replay  {_addressed(letter).problem or f'countermeasure deadletters replay {letter.id}'}",
        "",
    ]
    raw = [f"  | {each}" for each in letter.body.splitlines()]  # nobody can take its lines for ours
    shown = raw if letter.event is None else json.dumps(letter.event, indent=2).splitlines()
    left = [f"... and {len(shown) - LINES} more lines: --json gives all of it"] if len(shown) > LINES else []
    return "\n".join([*lines, *map(_printable, shown[:LINES]), *left])


def _printable(text: str, limit: int = 2000) -> str:
    """Return a line with its indentation, and as much of it as can stand in a terminal."""
    indent = len(text) - len(text.lstrip(" "))
    return " " * min(indent, 80) + plain(text.lstrip(" "), limit)
