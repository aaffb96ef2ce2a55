"""The commands about what was missed: dead letters and archives; and how far what is sent again may go."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.on_call import Region, deployment

missed = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per event and line.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before enforcing.")]
Stage = Annotated[str, typer.Option("--stage", help="The deployed stage.")]


class ModeName(StrEnum):
    """The modes that an operator can choose."""

    OBSERVE = "observe"
    APPROVE = "approve"
    ENFORCE = "enforce"


RemoteMode = Annotated[ModeName | None, typer.Option("--mode", help="How far to go at most. Default: observe.")]


class LettersDo(StrEnum):
    """What `deadletters` does."""

    LIST = "list"
    SHOW = "show"
    REPLAY = "replay"


@missed.command()
def deadletters(
    stage: Stage,
    what: Annotated[LettersDo, typer.Argument(metavar="[list|show|replay]", help="Default: list.")] = LettersDo.LIST,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Which, as the list names them.")] = None,
    function: Annotated[str, typer.Option("--function", help="Those of one function only, such as guardduty.")] = "",
    replay: Annotated[bool, typer.Option("--replay", help="The same as `replay`.")] = False,
    discard: Annotated[str, typer.Option(metavar="ID", help="Take one off its queue for good.")] = "",
    mode: RemoteMode = None,
    yes: Yes = False,
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """List the events that functions could not answer, show one whole, or send them again, all or those named.

    What is answered is taken off its queue; with --mode observe, everything stays there. --discard is for what can
    never be answered: it is shown, and taken off once somebody says yes.
    Exits with 0, with 1 when one was not answered or AWS refuses, with 2 when there is no such letter.
    """
    from cli import deadletters as letters  # noqa: PLC0415 - loads boto3
    from cli.hub import attempted  # noqa: PLC0415

    to, wishes = deployment(stage, region), wished(mode, yes=yes, as_json=as_json)
    named, do = tuple(ids or ()), LettersDo.REPLAY if replay else what

    def work() -> int:
        if discard:
            return letters.discard_letter(to, function, discard, wishes)
        if do is LettersDo.SHOW:
            return letters.show_letter(to, function, named, wishes)
        if do is LettersDo.REPLAY:
            return letters.replay_letters(to, function, wishes, named)
        return letters.list_letters(to, function, wishes)

    raise typer.Exit(attempted(stage, work))


@missed.command()
def archive(
    stage: Stage,
    replay: Annotated[str, typer.Option("--replay", metavar="ARCHIVE", help="Replay events of this archive.")] = "",
    since: Annotated[str, typer.Option(help="From when on: 2026-08-01T12:00, UTC unless it says otherwise.")] = "",
    until: Annotated[str, typer.Option(help="Until when.")] = "",
    mode: RemoteMode = None,
    yes: Yes = False,
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """List the EventBridge archives of the hub, or replay a time of one through a stage's rules.

    Exits with 0, with 1 when AWS refuses, with 2 when there is no such archive or time.
    """
    from cli.archive import list_archives, replay_archive  # noqa: PLC0415 - loads boto3
    from cli.hub import attempted  # noqa: PLC0415

    to, wishes = deployment(stage, region), wished(mode, yes=yes, as_json=as_json)

    def work() -> int:
        return replay_archive(to, replay, since, until, wishes) if replay else list_archives(to, wishes)

    raise typer.Exit(attempted(stage, work))


def wished(mode: ModeName | None, *, yes: bool, as_json: bool) -> Any:
    """Return what the options of a command come to."""
    from chalicelib.model import Mode  # noqa: PLC0415
    from cli.remote import Wishes  # noqa: PLC0415 - loads boto3

    return Wishes(Mode[(mode or ModeName.OBSERVE).name], yes=yes, as_json=as_json)
