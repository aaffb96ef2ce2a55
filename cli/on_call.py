"""The commands of people on call: what each takes and answers with. Each does its work in its own module."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from infrastructure.names import STAGE

commands = typer.Typer()

Incident = Annotated[str, typer.Argument(metavar="INCIDENT", help="Its id, as every message shows it: inc-...")]
Stage = Annotated[str, typer.Option("--stage", help="The deployed stage.")]
Region = Annotated[str, typer.Option("--region", help="Where it is deployed. Default: that of the AWS configuration.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for those who read it later.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before it is done.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: one object per incident and line.")]


class Hours(StrEnum):
    """How long an incident can be snoozed."""

    HOUR = "1"
    DAY = "24"


@commands.command()
def approve(
    incident: Incident, reason: Reason = "", stage: Stage = STAGE, yes: Yes = False, region: Region = ""
) -> None:
    """Approve what waits: exactly the change that is shown is carried out, or the undo that somebody asks for.

    Exits with 0, with 1 when it was refused or failed, with 2 when there is no such incident.
    """
    _decide("APPROVE", incident, stage, region, reason=reason, yes=yes)


@commands.command()
def deny(incident: Incident, reason: Reason = "", stage: Stage = STAGE, yes: Yes = False, region: Region = "") -> None:
    """Deny what waits: it is not done, and the same rule does not ask again for the same resource."""
    _decide("DENY", incident, stage, region, reason=reason, yes=yes)


@commands.command()
def undo(
    incident: Incident,
    reason: Reason = "",
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Also what should not be taken back lightly, as a leaked key.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Also what somebody has changed since.")] = False,
    stage: Stage = STAGE,
    yes: Yes = False,
    region: Region = "",
) -> None:
    """Take back what was changed, the last first, where it still is as it was left.

    What somebody has changed since is refused, and shown: before, as it was left, now.
    Exits with 0, with 1 when it was refused or failed, with 2 when there is no such incident.
    """
    _needs_reason(reason, yes=yes)
    _decide("UNDO", incident, stage, region, reason=reason, yes=yes, confirm=confirm, force=force)


@commands.command()
def ack(incident: Incident, stage: Stage = STAGE, region: Region = "") -> None:
    """Say that you look into an incident."""
    _decide("ACKNOWLEDGE", incident, stage, region)


@commands.command()
def snooze(
    incident: Incident,
    hours: Annotated[Hours, typer.Option("--hours", help="For an hour, or for a day.")],
    reason: Reason = "",
    stage: Stage = STAGE,
    yes: Yes = False,
    region: Region = "",
) -> None:
    """Hold back what is told of an incident, but for what must not wait."""
    _needs_reason(reason, yes=yes)
    _decide("SNOOZE", incident, stage, region, reason=reason, yes=yes, minutes=60 * int(hours.value))


@commands.command()
def escalate(
    incident: Incident, reason: Reason = "", stage: Stage = STAGE, yes: Yes = False, region: Region = ""
) -> None:
    """Tell the second channel of an incident."""
    _decide("ESCALATE", incident, stage, region, reason=reason, yes=yes)


@commands.command()
def incidents(
    since: Annotated[
        str, typer.Option("--since", help="Opened since: 90m, 24h, 7d or a time. Default: 24h; with --open 30d.")
    ] = "",
    account: Annotated[str, typer.Option("--account", help="Of this account: its id or name.")] = "",
    rule: Annotated[str, typer.Option("--rule", help="Of these rules, by id: * stands for anything.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="In which something was contained, failed, ...")] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Heard of within 24 h, or waiting for somebody.")] = False,
    would_have: Annotated[
        bool, typer.Option("--would-have", help="In which observing held back a change: which one, and why.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")] = 50,
    stage: Stage = STAGE,
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """List incidents, the newest first: what happened, what became of it, what waits for somebody."""
    from cli.hub import attempted, hub  # noqa: PLC0415 - loads boto3
    from cli.incidents import Wishes, run  # noqa: PLC0415

    wishes = Wishes(since, account, rule, outcome, only_open, would_have, limit, as_json)
    to = deployment(stage, region)
    raise typer.Exit(attempted(stage, lambda: run(hub(to), wishes)))


@commands.command()
def show(incident: Incident, stage: Stage = STAGE, region: Region = "", as_json: AsJson = False) -> None:
    """Show an incident: how it stands, what you can decide, and everything that happened, in order.

    With --json, all that the ledger has of it.
    """
    from cli.hub import attempted, hub  # noqa: PLC0415 - loads boto3
    from cli.incident import run  # noqa: PLC0415

    to = deployment(stage, region)
    raise typer.Exit(attempted(stage, lambda: run(hub(to), incident, as_json=as_json)))


def _decide(action: str, incident: str, stage: str, region: str, **wished: Any) -> None:
    from chalicelib.decision import Action  # noqa: PLC0415
    from cli.deciding import Wishes, run  # noqa: PLC0415 - loads boto3
    from cli.hub import attempted, hub  # noqa: PLC0415

    to, wishes = deployment(stage, region), Wishes(Action[action], incident, **wished)
    raise typer.Exit(attempted(stage, lambda: run(hub(to), wishes)))


def _needs_reason(reason: str, *, yes: bool) -> None:
    if yes and not reason.strip():
        raise typer.BadParameter("it needs a reason, and with --yes nobody is asked: give --reason")


def deployment(stage: str, region: str) -> Any:
    """Return the stage as it is deployed. Raises CountermeasureError."""
    from cli.deployed import deployed  # noqa: PLC0415 - loads boto3

    return deployed(stage, region)
