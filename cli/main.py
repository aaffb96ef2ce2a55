"""The operator's command: what each subcommand takes and answers with. Each does its work in its own module."""

from __future__ import annotations

import atexit
import gc
import sys
from enum import StrEnum
from typing import Annotated

import typer

from chalicelib.errors import CountermeasureError
from cli.evidence import evidence
from cli.missed import AsJson, ModeName, Stage, Yes, missed, wished
from cli.new import new
from cli.on_call import Region, commands
from cli.on_call import deployment as _deployed
from cli.reporting import reporting

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts in half the time
    help="Automatic, reversible response to AWS security events. Only what names a stage needs an AWS account.",
)
app.add_typer(commands)
app.add_typer(missed)
app.add_typer(reporting)
app.add_typer(new, name="new")
app.add_typer(evidence)

Events = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Events as you have them: EventBridge envelopes, findings, CloudTrail records; JSON, JSON lines, gzip. "
        "A folder, a quoted glob, or - for standard input.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print one line per event, not the whole story.")]


class SwitchName(StrEnum):
    """The modes that the kill switch can be set to."""

    OFF = "off"
    OBSERVE = "observe"
    APPROVE = "approve"
    ENFORCE = "enforce"


class Part(StrEnum):
    """The parts of `coverage`."""

    GUARDDUTY = "guardduty"
    CLOUDTRAIL = "cloudtrail"
    ATTACK = "attack"
    CONTROLS = "controls"


class TemplateName(StrEnum):
    """What `templates` prints."""

    HUB = "hub"
    MEMBER = "member"
    SCP = "scp"
    EVIDENCE = "evidence"


@app.command()
def match(files: Events, as_json: AsJson = False) -> None:
    """Say which rules events fire, or why none.

    Needs no AWS. Exits with 0 when every event could be read, with 2 when one could not.
    """
    from cli.match import run  # noqa: PLC0415 - loads the catalogue

    raise typer.Exit(run(files, as_json=as_json))


@app.command()
def coverage(
    only: Annotated[Part | None, typer.Option(help="Show this part alone.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it all as one JSON object.")] = False,
) -> None:
    """Say what the rules answer of all that AWS can tell, how, and why not.

    GuardDuty's finding types, the API calls that others watch, ATT&CK, and what those who run accounts and frameworks
    ask for. Needs no AWS. Exits with 0, with 1 when something has neither a rule nor a reason for none.
    """
    from cli.coverage import run  # noqa: PLC0415 - matches every type with every rule

    raise typer.Exit(run(only.value if only else "", wants_json=as_json))


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
        ModeName | None,
        typer.Option(help="How far to go at most. Default: enforce in the embedded AWS, observe with --to."),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Undo afterwards, and check that everything is as before.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Play all events in one organization, instead of a fresh one for each.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    to: Annotated[str, typer.Option("--to", metavar="STAGE", help="Send them to the deployed functions instead.")] = "",
    yes: Yes = False,
    region: Region = "",
) -> None:
    """Answer events for real, in an embedded AWS; or with --to by the deployed functions.

    It is made in this process, with several accounts and the vulnerable resources that the events talk of. What was
    found, which guardrails spoke, before and after, the AWS calls, the notice and the way back are shown.
    Exits with 0, with 1 when a response failed, with 2 when an event could not be read.
    """
    if to:
        if undo or keep:
            raise typer.BadParameter("--undo and --keep are for the embedded AWS, and do not go with --to")
        from cli.remote import replay as send  # noqa: PLC0415 - loads boto3

        raise typer.Exit(send(_deployed(to, region), files, wished(mode, yes=yes, as_json=as_json)))
    from cli.replay import Wishes, run  # noqa: PLC0415 - starts the embedded AWS

    far = (mode or ModeName.ENFORCE).value
    raise typer.Exit(run(files, Wishes(mode=far, undo=undo, keep=keep, as_json=as_json, quiet=quiet)))


@app.command()
def demo() -> None:
    """Watch five incidents, an approval, a denial and an undo, without AWS."""
    from cli.demo import run  # noqa: PLC0415 - starts the embedded AWS

    raise typer.Exit(run())


@app.command()
def doctor(
    stage: Stage,
    account: Annotated[str, typer.Option("--account", help="Check this member account only.")] = "",
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """Check a deployment, and say what to do where it is not well.

    Exits with 0, with 1 when a check failed.
    """
    from cli.doctor import patient, run  # noqa: PLC0415 - loads boto3

    raise typer.Exit(run(patient(_deployed(stage, region)), account, as_json=as_json))


@app.command()
def mode(
    stage: Stage,
    to: Annotated[SwitchName | None, typer.Argument(metavar="[MODE]", help="off, observe, approve or enforce.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for those who read it in a notice.")] = "",
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """Show how far a stage may go at all, or set it: the kill switch.

    It holds within a minute, without a deployment.
    """
    from chalicelib.model import Mode  # noqa: PLC0415
    from cli.mode import change, show  # noqa: PLC0415 - loads boto3

    if to is None and reason:
        raise typer.BadParameter("--reason goes with a mode")
    deployed = _deployed(stage, region)
    if to is None:
        raise typer.Exit(show(deployed, as_json=as_json))
    raise typer.Exit(change(deployed, Mode[to.name], reason, as_json=as_json))


@app.command()
def templates(
    which: Annotated[TemplateName, typer.Argument(help="For hub, members, organization or log archive.")],
    stage: Annotated[str, typer.Option("--stage", help="The stage to deploy, or that members are to trust.")] = "prod",
    organization: Annotated[str, typer.Option(metavar="FILE", help="Your organization.")] = "organization.toml",
    region_lock: Annotated[
        bool, typer.Option("--region-lock", help="scp: also deny what is not in the allowed regions.")
    ] = False,
) -> None:
    """Print what is deployed, as JSON: CloudFormation templates, and the service control policy.

    Needs no AWS. `hub` is what `make package` builds, `member` is for a StackSet, `scp` for AWS Organizations,
    `evidence` for the log archive: its bucket of daily digests.
    """
    from cli.templates import Wishes, run  # noqa: PLC0415 - loads the catalogue

    raise typer.Exit(run(Wishes(which.value, stage, organization, region_lock)))


def main() -> None:
    """Run the command; one of our own errors becomes one line on standard error, and exit code 2."""
    gc.set_threshold(100_000, 50, 1000)  # a replay is short and loads much: looking for garbage takes a fifth of it
    atexit.register(gc.freeze)
    try:
        app(prog_name="countermeasure")
    except CountermeasureError as error:
        typer.echo(f"countermeasure: {error}", err=True)
        sys.exit(2)
