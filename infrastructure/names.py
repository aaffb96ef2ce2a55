"""What everything deployed is called. Names are fixed, so that policies, trust and alarms can name one another."""

from __future__ import annotations

from chalicelib.patterns import SOURCES

HEARTBEAT, UPKEEP, DAILY, DECIDE = "heartbeat", "upkeep", "daily", "decide"
SCHEDULED = (HEARTBEAT, UPKEEP, DAILY)
TRIGGERED = (*SOURCES, *SCHEDULED)
"""The functions that EventBridge invokes."""

FUNCTIONS = (*TRIGGERED, DECIDE)
"""The functions of app.py that nobody waits for, each with its own role, queue, log group and alarms."""

ENDPOINT = "slack"
"""The function that Slack waits for. Chalice calls it APIHandler, and what belongs to it ApiHandlerRole."""

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


def mode_parameter(stage: str) -> str:
    """Return the name of the SSM parameter that holds how far a stage may go: its kill switch."""
    return f"/{PRODUCT}/{stage}/mode"


def log_group(stage: str, function: str) -> str:
    """Return the log group that Lambda writes a function's logs to."""
    return f"/aws/lambda/{named(stage, function)}"


def logical(function: str, suffix: str = "") -> str:
    """Return the name that Chalice gives a function in the template, or what belongs to it: `GuarddutyRole`."""
    if function == ENDPOINT:
        return f"ApiHandler{suffix}" if suffix else "APIHandler"
    return f"{function[0].upper()}{function[1:]}{suffix}"


def operator(stage: str) -> str:
    """Return the name of the hub's role in which people run the operator's command."""
    return named(stage, "operator")
