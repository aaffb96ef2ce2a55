"""Show or set the kill switch of a stage: how far countermeasure may go, everywhere, from the next half minute on."""

from __future__ import annotations

import json

import typer

from chalicelib.errors import CountermeasureError
from chalicelib.model import Mode
from chalicelib.switch import MAX_AGE, parsed, written
from cli.deployed import AWS_ERRORS, Deployed, explained
from cli.show import plain
from infrastructure.names import mode_parameter


def show(to: Deployed, *, as_json: bool) -> int:
    """Print how far the stage may go, why, and since when; return 0. Raises CountermeasureError."""
    name = mode_parameter(to.stage)
    value, since = _read(to, name)
    told = parsed(value)
    if as_json:
        mode, reason = told or (None, "")
        typer.echo(json.dumps({"mode": mode.name.lower() if mode is not None else None, "reason": reason, "at": since}))
    elif told is None:
        typer.echo(f"{name} holds no mode ({plain(value)}): everything waits for approval. Set it to one.")
    else:
        typer.echo(f"{told[0].name.lower()}{f': {plain(told[1])}' if told[1] else ''}, since {since}")
    return 0


def change(to: Deployed, mode: Mode, reason: str, *, as_json: bool) -> int:
    """Set how far the stage may go, and print it; return 0. Raises CountermeasureError."""
    name = mode_parameter(to.stage)
    value = written(mode, reason)
    _read(to, name)  # it is the deployment that makes the parameter
    try:
        to.client("ssm").put_parameter(Name=name, Value=value, Overwrite=True)
    except AWS_ERRORS as error:
        raise _said(error, to.stage, f"{name} is as it was") from error
    if as_json:
        return show(to, as_json=True)
    typer.echo(f"{name} is set to {plain(value)}. Every function goes by it within {MAX_AGE} seconds.")
    if mode is Mode.ENFORCE:
        typer.echo("Rules, environments and the other guardrails hold as before.")
    return 0


def _read(to: Deployed, name: str) -> tuple[str, str]:
    """Return the parameter's value, and when it was set."""
    client = to.client("ssm")
    try:
        found = client.get_parameter(Name=name)["Parameter"]
    except client.exceptions.ParameterNotFound:
        raise CountermeasureError(f"{name} is not there: deploy the stage, or give its --region") from None
    except AWS_ERRORS as error:
        raise _said(error, to.stage, f"{name} could not be read") from error
    return found["Value"], found["LastModifiedDate"].isoformat(timespec="seconds")


def _said(error: Exception, stage: str, what: str) -> CountermeasureError:
    text, todo = explained(error, stage)
    return CountermeasureError(f"{what}: {text}; {todo}")
