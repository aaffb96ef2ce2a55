"""The operator's command: what each subcommand takes and answers with. Each does its work in its own module."""

from __future__ import annotations

import atexit
import gc
import sys
from enum import StrEnum
from typing import Annotated

import typer

from chalicelib.errors import CountermeasureError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts in half the time
    help="Automatic, reversible response to AWS security events. These commands need no AWS account.",
)

Events = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Events as you have them: EventBridge envelopes, findings, CloudTrail records; JSON, JSON lines, gzip. "
        "A folder, a quoted glob, or - for standard input.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per event and line.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print one line per event, not the whole story.")]


class ModeName(StrEnum):
    """The modes that an operator can choose."""

    OBSERVE = "observe"
    APPROVE = "approve"
    ENFORCE = "enforce"


@app.command()
def match(files: Events, as_json: AsJson = False) -> None:
    """Say which rules events fire, or why none.

    Needs no AWS. Exits with 0 when every event could be read, with 2 when one could not.
    """
    from cli.match import run  # noqa: PLC0415 - loads the catalogue

    raise typer.Exit(run(files, as_json=as_json))


@app.command()
def pattern(
    pattern_file: Annotated[str, typer.Argument(metavar="PATTERN.json", help="An EventBridge event pattern.")],
    event_file: Annotated[str, typer.Argument(metavar="EVENT.json", help="One event, or - for standard input.")],
) -> None:
    """Try an event pattern on an event.

    Prints MATCH, NO MATCH, or INVALID and the reason; exits with 0, 1 and 2 respectively.
    """
    from cli.pattern import run  # noqa: PLC0415 - loads the matcher

    raise typer.Exit(run(pattern_file, event_file))


@app.command()
def replay(
    files: Events,
    mode: Annotated[
        ModeName, typer.Option(help="How far to go at most. The lab is a sandbox: it enforces unless told otherwise.")
    ] = ModeName.ENFORCE,
    undo: Annotated[
        bool, typer.Option("--undo", help="Undo afterwards, and check that everything is as before.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Play all events in one organization, instead of a fresh one for each.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer events for real, in an embedded AWS.

    It is made in this process, with several accounts and the vulnerable resources that the events talk of. What was
    found, which guardrails spoke, before and after, the AWS calls, the notice and the way back are shown.
    Exits with 0, with 1 when a response failed, with 2 when an event could not be read.
    """
    from cli.replay import Wishes, run  # noqa: PLC0415 - starts the embedded AWS

    raise typer.Exit(run(files, Wishes(mode=mode.value, undo=undo, keep=keep, as_json=as_json, quiet=quiet)))


@app.command()
def demo() -> None:
    """Watch five incidents and an undo, without AWS."""
    from cli.demo import run  # noqa: PLC0415 - starts the embedded AWS

    raise typer.Exit(run())


def main() -> None:
    """Run the command; one of our own errors becomes one line on standard error, and exit code 2."""
    gc.set_threshold(100_000, 50, 1000)  # a replay is short and loads much: looking for garbage takes a fifth of it
    atexit.register(gc.freeze)
    try:
        app(prog_name="countermeasure")
    except CountermeasureError as error:
        typer.echo(f"countermeasure: {error}", err=True)
        sys.exit(2)
