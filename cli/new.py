"""The commands that begin a remediation or a rule: they write its files, which fail their tests until filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

new = typer.Typer(
    no_args_is_help=True,
    help="Begin a remediation or a rule: its files with all that they need, failing their tests until filled in.",
)

CHECKOUT = Path(__file__).parents[1]
FILLED = "Fill in what says FILL IN: docs/{page} leads through it, and the tests say what is left."

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its folder and file: kms.enable_key, cloudtrail.key_lost.")]


@new.command()
def remediation(
    name: Name,
    resource_type: Annotated[
        str, typer.Option(metavar="TYPE", help="What it acts on, as CloudFormation names it: AWS::S3::Bucket.")
    ],
    shape: Annotated[
        bool, typer.Option("--shape", help="The scene's resource has to be brought into the shape that it repairs.")
    ] = False,
) -> None:
    """Begin a remediation: its file, its footprint, and a scene where its type of resource has none.

    Needs no AWS, but a checkout. Exits with 0, with 2 when the name is taken or none.
    """
    from cli.new_unit import remediation_files, written  # noqa: PLC0415 - the other commands need none of it

    _tell(written(CHECKOUT, remediation_files(CHECKOUT, name, resource_type, shape=shape)), "writing-a-remediation.md")


@new.command()
def rule(
    name: Name,
    answer: Annotated[
        list[str] | None, typer.Option(metavar="REMEDIATION", help="What answers it, in order; none: people are told.")
    ] = None,
    call: Annotated[str, typer.Option(metavar="SERVICE:NAME", help="cloudtrail: the call, as kms:DisableKey.")] = "",
    request: Annotated[str, typer.Option(metavar="JSON", help="cloudtrail: what the call asks for.")] = "",
    ignores: Annotated[
        str, typer.Option(metavar="SERVICE:NAME", help="cloudtrail: a call like it that must not fire the rule.")
    ] = "",
) -> None:
    """Begin a rule: its file, an event that fires it, and two that must not.

    Needs no AWS, but a checkout. Exits with 0, with 2 when the name is taken or none.
    """
    from cli.new_events import called  # noqa: PLC0415 - the other commands need none of it
    from cli.new_unit import rule_files, written  # noqa: PLC0415

    files = rule_files(CHECKOUT, name, tuple(answer or ()), called(call, request, ignores))
    _tell(written(CHECKOUT, files), "writing-a-rule.md")


def _tell(paths: tuple[str, ...], page: str) -> None:
    for path in paths:
        typer.echo(f"wrote {path}")
    typer.echo(FILLED.format(page=page))
