"""Once a day every account is entered as an incident would have it entered; on-call is told of those that are broken.

An account is broken where its responder cannot be assumed or used, where a rule that forwards its events to the hub is
missing, disabled or not that of this version, where events wait that could not be forwarded, and where it cannot be
read how its trails are while all is well (`baselines`). Then the days that are over are digested (`evidence`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import baselines
from chalicelib.accounts import Accounts, describe, home_region
from chalicelib.announcing import announce
from chalicelib.catalogue import Catalogue
from chalicelib.dataclass import dataclass
from chalicelib.engine import Engine
from chalicelib.errors import AccessRefused
from chalicelib.evidence import copies, digests
from chalicelib.model import Resource, Severity
from chalicelib.organization import Organization
from chalicelib.patterns import GATHERED, SOURCES, groups, merged, numbered
from chalicelib.table import Key, Write

READS = ("events:ListRules", "sqs:GetQueueAttributes")
"""All that a session of the check may do."""

SESSION = "countermeasure-daily"
RULES = "countermeasure-"
"""What the names of an account's forwarding rules begin with; the function that they are for follows."""

UNDELIVERED = "countermeasure-undelivered"
"""The queue, in each account and region, of what EventBridge could not deliver to the hub's bus."""

AT_ONCE = 16
"""How many accounts are looked at at once: each mostly waits for AWS."""

MARGIN = 60_000
"""Milliseconds that are kept to tell what was found: accounts that are not reached before are told as such."""

SHOWN = 2
"""Accounts whose whole reason a notice has room for; it names thirty."""

NAMED = 20
"""Accounts that are named when all is well again."""

CLOSED = {"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"}
"""What AWS answers in a region that an account has not enabled."""

_HEAD: Key = ("daily", "accounts")

Patterns: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The pattern of each rule that forwards, by its name."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An account that cannot be answered for: why, and what to do about it. `refused`: it does not let us in."""

    account: str
    why: str
    todo: str
    refused: bool = False


def look(engine: Engine, region: str, left: Callable[[], int]) -> tuple[Broken, ...]:
    """Look at every account, tell what is broken, and return it. `region` is the hub's, `left` milliseconds to go.

    On-call is told once a day while something is broken, in one notice, and once when all is well again. Raises Busy
    and what DynamoDB raises.
    """
    ours, patterns = engine.organization, forwarded(engine.catalogue)

    def look_at(account: str) -> Broken | None:
        if left() < MARGIN:
            return Broken(account, "it was not reached in time", "look at it with the doctor")
        return examined(engine.hands.accounts, ours, account, patterns, region) or unkept(engine, account)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = tuple(each for each in pool.map(look_at, sorted(ours.accounts)) if each)
    _tell(engine, found)
    return found


def digest(engine: Engine, hub: Callable[[str], Any]) -> list[str]:
    """Digest what was sealed on each day that is over, put it where the log archive keeps it, and return the days.

    Raises CountermeasureError where it cannot be put there.
    """
    named = engine.organization.digests
    to = copies.place(named) if named else None
    return digests.write_up(engine.ledger.table, engine.clock(), to, lambda: hub("s3"))


def forwarded(catalogue: Catalogue) -> dict[str, Mapping[str, Any]]:
    """Return the patterns by which accounts forward events, by the functions that they are for: `cloudtrail-2`."""
    return {
        numbered(source, number): merged(group)
        for source in SOURCES
        for number, group in enumerate(groups(r for r in catalogue.rules.values() if r.id.startswith(f"{source}.")))
    }


def examined(
    accounts: Accounts, ours: Organization, account: str, patterns: Patterns, hub_region: str
) -> Broken | None:
    """Return what is broken about an account, None where it can be answered for."""
    try:
        closed = [region for region in ours.heard_in if not enabled(accounts, account, region)]
        if closed:
            todo = f"enable the region in {account}, or take it out of regions.governed"
            return Broken(account, f"{', '.join(closed)} is not enabled there", todo)
        wrong = [
            said
            for region in ours.heard_in
            for said in unforwarded(accounts, account, region, expected(ours, account, region, hub_region, patterns))
        ]
    except AccessRefused as error:
        return Broken(account, str(error), f"deploy the member template in {account}", refused=True)
    except (BotoCoreError, ClientError) as error:
        return Broken(account, describe(error), f"deploy the member template in {account} again")
    todo = f"deploy the member template in {account} again, and send what waits once more"
    return Broken(account, "; ".join(wrong), todo) if wrong else None


def unkept(engine: Engine, account: str) -> Broken | None:
    """Keep the baselines of an account; return what is broken about that. Raises what DynamoDB raises."""
    why = baselines.look(engine, account)
    return Broken(account, why, f"deploy the member template in {account} again") if why else None


def enabled(accounts: Accounts, account: str, region: str) -> bool:
    """Enter an account in a region; return whether the region is enabled there. Raises AccessRefused, ClientError."""
    with accounts.reading(account, region, SESSION, (), READS) as aws:
        try:
            found = aws.client("sts").get_caller_identity()["Account"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in CLOSED:
                raise
            return False
    if found != account:
        raise AccessRefused(f"the credentials for {account} are of {found}")
    return True


def expected(ours: Organization, account: str, region: str, hub_region: str, patterns: Patterns) -> Patterns:
    """Return the rules by which an account forwards from a region: none where the hub itself listens."""
    if account == ours.hub and region == hub_region:
        return {}
    gathered = () if account == ours.hub else GATHERED
    return {f"{RULES}{name}": pattern for name, pattern in patterns.items() if name not in gathered}


def unforwarded(accounts: Accounts, account: str, region: str, rules: Patterns) -> Iterator[str]:
    """Yield why events of an account and region do not come to the hub. Raises AccessRefused, ClientError."""
    if not rules:
        return
    try:
        with accounts.reading(account, region, SESSION, (), READS) as aws:
            found = {rule["Name"]: rule for rule in _rules(aws.client("events"))}
            waiting = _waiting(aws.client("sqs"), account)
    except ClientError as error:
        if error.response["Error"]["Code"] not in CLOSED:
            raise
        yield f"{region} is not enabled there"
        return
    for what, names in {
        "has no rule": [name for name in rules if name not in found],
        "has disabled": [name for name in rules if name in found and found[name].get("State") == "DISABLED"],
        "forwards by an older version of": [
            name for name, pattern in rules.items() if name in found and _pattern(found[name]) != pattern
        ],
    }.items():
        if names:
            yield f"{region} {what} {', '.join(sorted(names))}"
    if waiting is None:
        yield f"{region} has no queue {UNDELIVERED}"
    elif waiting:
        yield f"{waiting} events of {region} could not be forwarded, and wait in {UNDELIVERED}"


def _rules(events: Any) -> Iterator[Mapping[str, Any]]:
    pages = events.get_paginator("list_rules").paginate(NamePrefix=RULES)
    return (rule for page in pages for rule in page["Rules"])


def _pattern(rule: Mapping[str, Any]) -> Any:
    try:
        return json.loads(rule.get("EventPattern") or "{}")
    except ValueError:
        return None


def _waiting(sqs: Any, account: str) -> int | None:
    """Return how many events wait in the queue; None where there is none."""
    url, asked = f"{sqs.meta.endpoint_url}/{account}/{UNDELIVERED}", "ApproximateNumberOfMessages"
    try:
        return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[asked])["Attributes"][asked])
    except ClientError as error:
        if not error.response["Error"]["Code"].endswith(("NonExistentQueue", "QueueDoesNotExist")):
            raise
        return None


def _tell(engine: Engine, found: Sequence[Broken]) -> None:
    """Say what is broken, or that all is well again; remember which it was."""
    table, day = engine.ledger.table, f"{engine.clock():%Y-%m-%d}"
    before = json.loads(table.get([_HEAD]).get(_HEAD, {}).get("body", "[]"))
    if found:
        title = f"{len(found)} of {len(engine.organization.accounts)} accounts are broken"
        named = tuple(_resource(engine.organization, each.account) for each in found)
        announce(engine, f"accounts broken {day}", title, _said(engine.organization, found), resources=named)
    elif before:
        names = ", ".join(_named(engine.organization, account) for account in before[:NAMED])
        title, said = "Every account can be answered for again", f"Mended since the last look: {names}."
        announce(engine, f"accounts well {day}", title, said, Severity.LOW)
    table.write([Write(_HEAD, {"body": [each.account for each in found]})])


def _said(ours: Organization, found: Sequence[Broken]) -> str:
    """Return what a notice says of broken accounts: of the first why and what to do, of the others where to read it."""
    told = [f"{_named(ours, each.account)}: {each.why} To do: {each.todo}." for each in found[:SHOWN]]
    if len(found) > SHOWN:
        told.append(f"Of {len(found) - SHOWN} more, `countermeasure doctor` says why.")
    return " ".join(told)


def _resource(ours: Organization, account: str) -> Resource:
    return Resource("AWS::Organizations::Account", account, account, home_region(ours.partition), ours.partition)


def _named(ours: Organization, account: str) -> str:
    known = ours.account(account)
    return f"{known.name} ({account})" if known and known.name != account else account
