"""EventBridge archives of the hub's events: list them, and have a time of them replayed, no further than wished."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import typer

from chalicelib.errors import CountermeasureError
from chalicelib.replayed import KEY, replay_name
from chalicelib.wiring import utc_now
from cli.deployed import BadInput, Deployed
from cli.remote import Wishes, confirm, named_mode
from infrastructure.names import named


def list_archives(to: Deployed, wishes: Wishes) -> int:
    """Print the archives of the hub's events and the replays from them; return 0. AWS does not let one look inside."""
    events = to.client("events")
    archives = _pages(events.list_archives, "Archives")
    replays = _pages(events.list_replays, "Replays", NamePrefix=f"{KEY}-")
    if wishes.as_json:
        typer.echo(json.dumps({"archives": archives, "replays": replays}, default=str))
        return 0
    for each in archives:
        days = each.get("RetentionDays") or 0
        kept = f"kept {days} days" if days else "kept for ever"
        typer.echo(f"{each['ArchiveName']}  {each['State']}  {each.get('EventCount', 0)} events, {kept}")
    for each in replays:
        typer.echo(f"  replay {each['ReplayName']}  {each['State']}")
    if not archives:
        typer.echo("No archive is there: make one with `aws events create-archive`.")
    return 0


def replay_archive(
    to: Deployed, archive: str, since: str, until: str, wishes: Wishes, clock: Callable[[], datetime] = utc_now
) -> int:
    """Have EventBridge send what an archive holds of a time to our rules again, and to no others; return 0.

    `since` and `until` are ISO 8601 times; without a zone they are UTC. How far it goes is in the replay's name, which
    EventBridge adds to every event.
    """
    start, end = _time("--since", since), _time("--until", until)
    if end <= start:
        raise BadInput(f"--until {until} is not after --since {since}")
    events = to.client("events")
    try:
        arn, bus = _of_archive(events, archive)
    except events.exceptions.ResourceNotFoundException as error:
        raise BadInput(f"there is no archive {archive!r}: list them without --replay") from error
    rules = [rule["Arn"] for rule in events.list_rules(NamePrefix=named(to.stage, ""), EventBusName=bus)["Rules"]]
    if not rules:
        raise CountermeasureError(f"no rule of the stage {to.stage} is on {bus}: nothing would be replayed")
    confirm(wishes, f"Replay {archive} from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC through {to.stage}")
    name = replay_name(wishes.mode, f"{clock():%Y%m%dT%H%M%SZ}")
    events.start_replay(
        ReplayName=name,
        EventSourceArn=arn,
        EventStartTime=start,
        EventEndTime=end,
        Destination={"Arn": bus, "FilterArns": rules},
    )
    typer.echo(
        json.dumps({"replay": name}) if wishes.as_json else f"Started {name}: no further than {named_mode(wishes)}."
    )
    return 0


def _pages(ask: Callable[..., Mapping[str, Any]], key: str, **asked: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        answer = ask(**asked, **token)
        found += answer[key]
        if not answer.get("NextToken"):
            return found
        token = {"NextToken": answer["NextToken"]}


def _of_archive(events: Any, archive: str) -> tuple[str, str]:
    found = events.describe_archive(ArchiveName=archive)
    return found["ArchiveArn"], found["EventSourceArn"]


def _time(option: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{option} {text!r} is no ISO 8601 time, such as 2026-08-01T12:00") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
