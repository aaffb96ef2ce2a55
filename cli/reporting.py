"""The command that writes reports: what it takes and answers with."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.on_call import Region, deployment
from infrastructure.names import STAGE

reporting = typer.Typer()


@reporting.command()
def report(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="Of this incident: its id, inc-...")] = "",
    since: Annotated[str, typer.Option("--since", help="Of what was opened since instead: 90d, 24h, or a time.")] = "",
    until: Annotated[str, typer.Option("--until", help="Until when, 2026-08-01 or a time (UTC). Default: now.")] = "",
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="FILE",
            help="A .html page, .md or .json. Default: a page here, named after what it is of. "
            "-.md, -.html or -.json: standard output; - is -.md.",
        ),
    ] = "",
    stage: Annotated[str, typer.Option("--stage", help="The deployed stage.")] = STAGE,
    region: Region = "",
) -> None:
    """Write the report of an incident, or with --since the audit of a period: one page that needs no network.

    It opens from disk, prints, and has nothing in it that runs. The path of the file is printed.
    Exits with 0, with 1 when AWS refuses, with 2 when there is no such incident or the file cannot be written.
    """
    from cli.hub import attempted, hub  # noqa: PLC0415 - loads boto3
    from cli.report import Wishes, form_of, run  # noqa: PLC0415

    if bool(incident) == bool(since):
        raise typer.BadParameter("name an INCIDENT, or a period by --since: one of them")
    if until and not since:
        raise typer.BadParameter("--until goes with --since")

    def work() -> int:
        form_of(out)  # before anything is asked of AWS
        return run(hub(deployment(stage, region)), Wishes(incident, since, until, out))

    raise typer.Exit(attempted(stage, work))
