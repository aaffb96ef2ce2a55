"""What everything deployed is called. Names are fixed, so that policies, trust and alarms can name one another."""

from __future__ import annotations

from chalicelib.patterns import SOURCES

HEARTBEAT = "heartbeat"
FUNCTIONS = (*SOURCES, HEARTBEAT)
"""The functions of app.py, each with its own role, queue, log group and alarms."""

PRODUCT = "countermeasure"
PATH = f"/{PRODUCT}/"
"""The IAM path of what the member template makes without a name of its own."""

STAGE = "prod"
"""The stage that members trust unless told otherwise."""


def stack(stage: str) -> str:
    """Return the name of a stage: what it is made of is called so, or begins so."""
    return f"{PRODUCT}-{stage}"


def named(stage: str, function: str) -> str:
    """Return the name that a function, its role, its EventBridge rule and its queue share."""
    return f"{stack(stage)}-{function}"


def log_group(stage: str, function: str) -> str:
    """Return the log group that Lambda writes a function's logs to."""
    return f"/aws/lambda/{named(stage, function)}"


def logical(function: str, suffix: str = "") -> str:
    """Return the name that Chalice gives a function in the template, or what belongs to it: `GuarddutyRole`."""
    return f"{function[0].upper()}{function[1:]}{suffix}"


def operator(stage: str) -> str:
    """Return the name of the hub's role in which people run the operator's command."""
    return named(stage, "operator")
