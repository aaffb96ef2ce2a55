"""Replay events through the deployed functions: each is called as EventBridge does, and told how far it may go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import typer

from chalicelib.catalogue import load
from chalicelib.errors import CountermeasureError, MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.model import Mode
from chalicelib.organization import refuse_unknown_rules
from chalicelib.patterns import SOURCES
from chalicelib.replayed import lowered
from cli.deployed import AWS_ERRORS, Deployed, explained
from cli.match import intake
from cli.show import plain
from infrastructure.names import named

LARGEST = 1_000_000
"""Bytes of an event. EventBridge takes no larger ones (quotas: PutEvents entry size)."""

_ENVELOPE = {"version": "0", "id": "replayed", "account": "", "time": "", "region": "", "resources": []}
"""What every event of EventBridge has: Chalice takes none without it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How far the deployed functions may go at most, whether nobody is asked before, and how it is shown."""

    mode: Mode = Mode.OBSERVE
    yes: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one event. `function` is empty where none is for it, `problem` says why it was not answered."""

    name: str
    function: str = ""
    incidents: tuple[str, ...] = ()
    problem: str = ""
    malformed: bool = False
    accounts: tuple[str, ...] = ()


def replay(to: Deployed, paths: Iterable[str], wishes: Wishes) -> int:
    """Send every event to its function; return 0, 1 when one was not answered, 2 when one could not be read."""
    refuse_unknown_rules(to.organization, load())
    paths = list(paths)
    if "-" in paths and wishes.mode is Mode.ENFORCE and not wishes.yes:
        raise CountermeasureError("standard input holds the events, so that nobody can be asked: add --yes to enforce")
    items = list(intake(paths))
    routed = [
        (item, route(item.file, item.event, (item.problem or "").removeprefix(f"{item.file}: "))) for item in items
    ]
    ask(to, [sent for _, sent in routed if sent.function], wishes)
    bad = malformed = 0
    for item, sent in routed:
        done = send(to, sent, item.event, wishes.mode) if item.event and sent.function else sent
        show(done, wishes)
        bad, malformed = bad + bool(done.function and done.problem), malformed + done.malformed
    return 1 if bad else 2 if malformed else 0


def route(name: str, event: Mapping[str, Any] | None, problem: str = "") -> Sent:
    """Return which function an event is for, and the accounts that it speaks of; or why there is none."""
    if event is None:
        return Sent(name, problem=problem or "not an event", malformed=True)
    try:
        findings = parse(event)
    except MalformedEvent as error:
        return Sent(name, problem=str(error), malformed=True)
    except NotSecurityEvent as error:
        return Sent(name, problem=str(error))
    if not findings or findings[0].source not in SOURCES:
        return Sent(name, problem=f"no function hears {findings[0].source if findings else 'it: no finding is in it'}")
    accounts = {finding.account for finding in findings} | {r.account for f in findings for r in f.resources}
    return Sent(name, findings[0].source, accounts=tuple(sorted(accounts)))


def send(to: Deployed, sent: Sent, event: Mapping[str, Any] | None, mode: Mode) -> Sent:
    """Call the function as EventBridge does, but wait for what it answers."""
    payload = json.dumps(lowered({**_ENVELOPE, **(event or {})}, mode)).encode()
    if len(payload) > LARGEST:
        return replace(sent, problem=f"it has {len(payload)} bytes, and EventBridge takes no more than {LARGEST}")
    try:
        answer = to.client("lambda").invoke(FunctionName=named(to.stage, sent.function), Payload=payload)
    except AWS_ERRORS as error:
        return replace(sent, problem="; ".join(explained(error, to.stage)))
    body = answer["Payload"].read()
    try:
        told = json.loads(body or b"null")
    except ValueError:
        told = None
    if answer.get("FunctionError"):
        why = told.get("errorMessage") if isinstance(told, dict) else None
        return replace(sent, problem=str(why or "the function failed and does not say why: see its log"))
    if sent.function in SOURCES and not isinstance(told, list):
        return replace(sent, problem="the function answers unlike this version of countermeasure: deploy it anew")
    return replace(sent, incidents=tuple(map(str, told)) if isinstance(told, list) else ())


def ask(to: Deployed, going: Sequence[Sent], wishes: Wishes) -> None:
    """Ask before these events are sent to enforce, and say which accounts they are about."""
    accounts = sorted({account for sent in going for account in sent.accounts})
    if going:
        where = f" about {', '.join(plain(each) for each in accounts)}" if accounts else ""
        confirm(wishes, f"Send {len(going)} events{where} to {to.stage} in {to.organization.hub} {to.region}")


def confirm(wishes: Wishes, what: str) -> None:
    """Ask before resources may change; who does not say yes ends the command with exit code 1."""
    if wishes.mode is Mode.ENFORCE and not wishes.yes:
        typer.confirm(f"{what}, to change resources where no guardrail holds back?", abort=True, err=True)


def show(sent: Sent, wishes: Wishes) -> None:
    """Print what became of one event: a line, or one JSON object."""
    if wishes.as_json:
        told = {"event": sent.name, "function": sent.function, "incidents": sent.incidents, "problem": sent.problem}
        typer.echo(json.dumps(told))
    elif sent.malformed or (sent.function and sent.problem):
        typer.echo(
            f"{plain(sent.name)}: {'malformed' if sent.malformed else 'failed'}: {plain(sent.problem)}", err=True
        )
    elif sent.problem:
        typer.echo(f"{plain(sent.name)}  not sent: {plain(sent.problem)}")
    else:
        done = " ".join(map(plain, sent.incidents)) or "nothing to answer"
        typer.echo(f"{plain(sent.name)}  {sent.function}, no further than {named_mode(wishes)}: {done}")


def named_mode(wishes: Wishes) -> str:
    """Return the mode as people write it."""
    return wishes.mode.name.lower()
