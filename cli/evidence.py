"""The command about evidence: it proves that the ledger is as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.on_call import Region, Stage, deployment
from infrastructure.names import STAGE

evidence = typer.Typer()


@evidence.command()
def verify_ledger(
    incident: Annotated[str, typer.Argument(metavar="[INCIDENT]", help="This one only. Default: all.")] = "",
    since: Annotated[str, typer.Option("--since", help="Only what is not older: 90d, or a date.")] = "",
    digests: Annotated[
        str,
        typer.Option(
            metavar="PLACE", help="The copies: s3://bucket/prefix or a folder. Default: those of organization.toml."
        ),
    ] = "",
    stage: Stage = STAGE,
    region: Region = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Prove that no record of the ledger was changed, removed, added or reordered since it was sealed.

    Reads only. Exits with 0, with 1 when something is wrong, with 2 when there is no such incident or place.
    """
    from cli.hub import attempted, hub  # noqa: PLC0415 - loads boto3
    from cli.verify_ledger import Wishes, run  # noqa: PLC0415

    to, wishes = deployment(stage, region), Wishes(incident, since, digests, as_json)
    raise typer.Exit(attempted(stage, lambda: run(hub(to), wishes)))
