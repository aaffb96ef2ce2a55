"""The kill switch: one SSM parameter of the hub that says how far countermeasure may go, everywhere, from now on.

Its value is a mode, and a reason after a colon where there is one: `observe: incident 42, Jane`. It is read again
when what is known of it is older than MAX_AGE, so that a changed one holds without a deployment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from chalicelib.errors import CountermeasureError
from chalicelib.model import Mode

MODE_PARAMETER = "MODE_PARAMETER"
"""The environment variable that names the parameter; there is no switch where it is not set."""

MAX_AGE = 30
"""Seconds that the mode is kept in memory: a changed one is in use in less than a minute."""

_VALUE = re.compile(r"(?P<mode>off|observe|approve|enforce)(?:\s*:\s*(?P<reason>[^\x00-\x1f\x7f]{0,500}))?", re.ASCII)


def switch(client: Callable[[], Any]) -> Callable[[], tuple[Mode, str] | None]:
    """Return what reads the switch: how far we may go, and why; None where nothing is held back.

    `client` gives the hub's SSM client. What cannot be read or understood lowers to APPROVE, and nothing is raised.
    """
    name = os.environ.get(MODE_PARAMETER, "")
    kept: list[Any] = []

    def look() -> tuple[Mode, str] | None:
        from aws_lambda_powertools.utilities import parameters  # noqa: PLC0415 (cold start)

        if not kept:
            kept.append(parameters.SSMProvider(boto3_client=client()))
        try:
            value = kept[0].get(name, max_age=MAX_AGE)
        except parameters.GetParameterError as error:
            return Mode.APPROVE, f"the kill switch {name} could not be read: {str(error)[:200]}"
        return said(name, str(value))

    return look if name else _none


def parsed(value: str) -> tuple[Mode, str] | None:
    """Return the mode and the reason, "" where none is given, in the parameter's value; None where it is not ours."""
    found = _VALUE.fullmatch(value.strip())
    return (Mode[found["mode"].upper()], (found["reason"] or "").strip()) if found else None


def written(mode: Mode, reason: str) -> str:
    """Return the value that says so. Raises CountermeasureError for a reason that does not fit in one line."""
    value = f"{mode.name.lower()}: {reason.strip()}" if reason.strip() else mode.name.lower()
    if parsed(value) is None:
        raise CountermeasureError("the reason must be one line of at most 500 characters")
    return value


def said(name: str, value: str) -> tuple[Mode, str] | None:
    """Return what the value of the switch comes to, for people; None for enforce."""
    told = parsed(value)
    if told is None:
        return Mode.APPROVE, f"the kill switch {name} holds no mode: it must be off, observe, approve or enforce"
    mode, reason = told
    if mode is Mode.ENFORCE:
        return None
    return mode, f"the kill switch {name} is set to {mode.name}{f': {reason}' if reason else ''}"


def _none() -> tuple[Mode, str] | None:
    return None
