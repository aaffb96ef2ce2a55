"""What a check of the doctor looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from chalicelib.accounts import Accounts
from chalicelib.catalogue import Catalogue
from chalicelib.notify.secrets import SlackSecret, slack_secret
from chalicelib.notify.slack_clients import Clients
from cli.deployed import Deployed


class Status(StrEnum):
    """How well it is. Only FAIL makes the command fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, how it is, and what to do where it is not well."""

    name: str
    status: Status
    text: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A deployment under examination. `accounts` enters members as the functions do; `clock` gives the time in UTC.

    `patterns` holds, by function, the EventBridge patterns that this checkout's rules come to.
    """

    deployed: Deployed
    catalogue: Catalogue
    patterns: Mapping[str, Sequence[Mapping[str, Any]]]
    accounts: Accounts
    clock: Callable[[], datetime]
    read_secret: Callable[[str], SlackSecret] = slack_secret
    slack_clients: Clients = field(default_factory=Clients)


def ok(name: str, text: str) -> Check:
    return Check(name, Status.OK, text)


def warn(name: str, text: str, todo: str) -> Check:
    return Check(name, Status.WARN, text, todo)


def fail(name: str, text: str, todo: str) -> Check:
    return Check(name, Status.FAIL, text, todo)
