"""Replay events in the embedded AWS, and show what became of each as a person, or a program, wants to read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.progress import track

from chalicelib.catalogue import Catalogue, load
from chalicelib.model import Mode
from cli.intake import Item
from cli.match import intake
from cli.record import record
from cli.rehearsal import Played, Rehearsal
from cli.show import plain, story, summary


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to replay. `mode` is `observe`, `approve` or `enforce`; `keep` plays all events in one organization."""

    mode: str = "enforce"
    undo: bool = False
    keep: bool = False
    as_json: bool = False
    quiet: bool = False


def run(paths: Iterable[str], wishes: Wishes) -> int:
    """Replay every event; return 0, 1 when a response failed, else 2 when an event could not be read."""
    catalogue = load("rules", "remediations")
    console = Console(highlight=False)
    items = list(intake(paths))
    failed = malformed = done = 0
    with ExitStack() as stack:
        rehearsal = Rehearsal(catalogue, stack, Mode[wishes.mode.upper()], wishes.keep)
        for item in _watched(items):
            played = rehearsal.play(item, undo=wishes.undo)
            failed, malformed = failed + played.failed, malformed + played.malformed
            done += bool(played.incidents) and not played.failed
            if played.malformed:
                typer.echo(f"{plain(played.file)}: {plain(played.reason or '')}", err=True)
            _print(console, played, catalogue, wishes)
    if len(items) > 1 and not wishes.as_json:
        nothing = len(items) - done - failed - malformed
        typer.echo(
            f"\n{len(items)} events: {done} answered, {failed} failed, {nothing} need nothing, {malformed} malformed"
        )
    return 1 if failed else 2 if malformed else 0


def _watched(items: list[Item]) -> Iterable[Item]:
    """Show on standard error how far we are, where somebody watches it."""
    watched = Console(stderr=True)
    if len(items) < 2 or not watched.is_terminal:
        return items
    return track(items, description="Replaying", console=watched, transient=True)


def _print(console: Console, played: Played, catalogue: Catalogue, wishes: Wishes) -> None:
    if wishes.as_json:
        typer.echo(json.dumps(record(played), default=str))
    elif wishes.quiet:
        typer.echo(summary(played))
    elif not played.malformed:
        console.print(*story(played, catalogue.remediations), sep="\n")
