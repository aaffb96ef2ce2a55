"""What is expected of a deployed hub, told as claims that hold or do not: `python -m e2e.story`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from chalicelib.catalogue import load
from chalicelib.model import Outcome
from chalicelib.organization import read
from e2e import hub, members, reporting
from e2e.alive import every_account_is_entered, the_heart_beats
from e2e.deployed import World, bucket_event, outcomes
from e2e.emulators import CLOSED_REGION, environments, running
from e2e.emulators import REGION as HOME
from e2e.hub import Answer, example
from e2e.in_slack import a_click_carries_it_out, slack_is_told_later, slack_that_fails_holds_nothing_back
from e2e.members import JUST_JOINED, MOVED_AWAY, OTHER_HUBS, PROD, SANDBOX, STRANGER, administrator
from e2e.package import deploy, package
from e2e.reporting import concluded, console, timed
from e2e.resources import BUCKET, EXAMPLES, GROUP, Insecure
from e2e.slack import SIGNING_SECRET, TOKEN, WEBHOOK, open_slack

ORGANIZATION = Path(__file__).parent / "organization.toml"
REGION = "eu-central-1"

BY_WEBHOOK = "accessanalyzer"
"""The function that is started when the secret of Slack is a webhook; the others speak as a bot."""


def every_function_contains(world: World) -> None:
    """One event for each function, when it starts and when it is warm: routed, contained, recorded and told."""
    for function, (name, kind) in EXAMPLES.items():
        if function == BY_WEBHOOK:
            members.replace_slack_secret(world.aws, world.ours, webhook_url=WEBHOOK)
        for how in ("cold", "warm"):
            _contains(world, function, name, kind, how)
    members.replace_slack_secret(world.aws, world.ours, bot_token=TOKEN, signing_secret=SIGNING_SECRET)


def _contains(world: World, function: str, name: str, kind: Insecure | None, how: str) -> None:
    client = administrator(world.aws, SANDBOX, REGION)
    id_ = kind.make(client, f"{function}-{how}") if kind else ""
    event = example(name, {kind.named: id_} if kind else {})
    said = f"{function}, {how}"
    world.expect(f"{said}: EventBridge hands the event to this function alone", world.hub.routed(event), [function])
    heard = len(world.slack.heard)
    answer = world.hub.invoke(function, event)
    world.expect(f"{said}: no error", answer.error, "")
    if kind:
        world.expect(f"{said}: the resource is contained in the member account", kind.contained(client, id_))
    stored = world.only(answer)
    wanted = {Outcome.CONTAINED, *([Outcome.COMPLIANT] if kind.compliant else [])} if kind else set()
    world.expect(f"{said}: the ledger says so", outcomes(stored), wanted)
    verdicts = [notice["verdict"] for notice in world.hub.told()]
    world.expect(f"{said}: the topic's subscriber is told once", verdicts, ["contained" if kind else "told"])
    paths = [(message["path"], message["token"]) for message in world.slack.heard[heard:]]
    bot, webhook = ("/api/chat.postMessage", f"Bearer {TOKEN}"), ("/services/EXAMPLE", "")
    world.expect(f"{said}: Slack is told once", paths, [webhook if function == BY_WEBHOOK else bot])
    world.times.append((function, how, _until_contained(world, answer) if kind else None, answer.seconds))


def production_asks_first(world: World) -> None:
    """Where the environment says approve, nothing is changed."""
    client = administrator(world.aws, PROD, HOME)
    bucket = BUCKET.make(client, "in-production")
    answer = world.hub.invoke("securityhub", bucket_event(bucket, PROD))
    stored = world.only(answer)
    world.expect("approve: the change waits", outcomes(stored), {Outcome.AWAITING})
    world.expect("approve: the bucket is as it was", BUCKET.contained(client, bucket), False)
    verdicts = [notice["verdict"] for notice in world.hub.told()]
    world.expect("approve: people are asked", verdicts, ["waiting for approval"])


def a_redelivered_event_is_answered_once(world: World) -> None:
    client = administrator(world.aws, SANDBOX, HOME)
    event = bucket_event(BUCKET.make(client, "delivered-twice"), SANDBOX)
    first = world.hub.invoke("securityhub", event)
    world.hub.told()
    heard, requests = len(world.slack.heard), len(world.aws.requests())
    again = world.hub.invoke("securityhub", event)
    world.expect("redelivery: the same incident", again.incidents, first.incidents)
    calls = [request["action"] for request in world.aws.requests()[requests:]]
    world.expect("redelivery: no call to the member account", calls, [])
    world.expect("redelivery: nobody is told again", (world.hub.told(), len(world.slack.heard)), ([], heard))


def what_cannot_be_reached_fails_with_a_reason(world: World) -> None:
    """Each ends in a failed response that says why, one notice, and the event in the dead-letter queue."""
    refused = "Check that the member template is deployed there, and that its external id and organization id"
    cases = {
        "another external id": ("securityhub", OTHER_HUBS, HOME, BUCKET, refused),
        "another organization": ("securityhub", MOVED_AWAY, HOME, BUCKET, refused),
        "no member template": ("securityhub", JUST_JOINED, HOME, BUCKET, refused),
        "an unknown account": ("securityhub", STRANGER, HOME, BUCKET, refused),
        "a region that is not opted in to": ("config", SANDBOX, CLOSED_REGION, GROUP, "AuthFailure"),
    }
    sent: dict[str, dict[str, Any]] = {}
    for said, (function, account, region, kind, _) in cases.items():
        made = region != CLOSED_REGION
        id_ = kind.make(administrator(world.aws, account, region), f"in-{account}") if made else kind.named
        sent[said] = example(EXAMPLES[function][0], {kind.named: id_}, account, region)
        world.hub.send(function, sent[said])
    counts = Counter(function for function, *_ in cases.values())
    kept: dict[str, str] = {}
    for function, count in counts.items():
        kept |= world.hub.undelivered(function, count)
    notices = world.hub.told()
    for said, (_, account, region, kind, reason) in cases.items():
        _failed(world, said, kept.get(sent[said]["id"], "not there"), reason)
        mine = [notice for notice in notices if (notice["account"], notice["region"]) == (account, region)]
        world.expect(f"{said}: told once", [notice["verdict"] for notice in mine], ["not contained"])
        reasons = [change["reason"] for notice in mine for change in notice["changes"]]
        world.expect(f"{said}: the notice says why", [reason in each for each in reasons], [True])
        stored = [change for notice in mine for change in world.hub.incident(notice["incident"]).changes]
        world.expect(f"{said}: the ledger says failed", {change.outcome for change in stored}, {Outcome.FAILED})
        if region != CLOSED_REGION:
            left = kind.contained(administrator(world.aws, account, region), stored[0].resource.id) if stored else None
            world.expect(f"{said}: nothing was changed", left, False)


def _failed(world: World, said: str, why: str, reason: str) -> None:
    found = reason in why
    world.expect(f"{said}: after its retries the event is in the dead-letter queue, with the reason", found or why)


STORY: Sequence[Callable[[World], None]] = (
    every_function_contains,
    slack_that_fails_holds_nothing_back,
    the_heart_beats,
    every_account_is_entered,
    production_asks_first,
    a_click_carries_it_out,
    a_redelivered_event_is_answered_once,
    what_cannot_be_reached_fails_with_a_reason,
    slack_is_told_later,
)
"""What Slack did not take is due a minute later: meanwhile the story goes on."""


def _until_contained(world: World, answer: Answer) -> float:
    """Return the seconds until the member account had answered the last call: that which saw it contained."""
    functions, end = world.aws.known(), answer.began + answer.seconds
    calls = [each for each in world.aws.requests() if each["key"].startswith("ASIA") and each["key"] not in functions]
    return max((call["at"] for call in calls if answer.began <= call["at"] <= end), default=answer.began) - answer.began


def told(work: Path) -> int:
    """Deploy, tell the story, and say what held; return how many claims did not."""
    ours, catalogue, pythons = read(ORGANIZATION), load(), environments()
    with timed("make package"):
        made = package(work, ORGANIZATION.read_text())
    with open_slack(work) as slack, running(pythons, work, ours, slack.environment()) as aws:
        with timed("CloudFormation"):
            outputs = deploy(aws, made)
        with timed("members"):
            members.install(aws, catalogue, ours)
            members.keep_secrets(aws, ours)
        world = World(aws, outputs, hub.opened(aws, outputs), slack, ours)
        for chapter in STORY:
            with timed(chapter.__name__.replace("_", " ")):
                chapter(world)
    table = Table("function", "start", "seconds to contained", "seconds to the answer")
    for function, how, contained, answered in world.times:
        table.add_row(function, how, "-" if contained is None else f"{contained:.2f}", f"{answered:.2f}")
    console.print(table)
    return concluded(world.claims)


if __name__ == "__main__":
    sys.exit(reporting.run("story", told))
