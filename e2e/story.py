"""What is expected of a deployed hub, told as claims that hold or do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.heartbeat import ID as HEARTBEAT
from chalicelib.ledger import Stored
from chalicelib.model import Outcome
from chalicelib.organization import Organization
from e2e import members
from e2e.emulators import CLOSED_REGION, Emulators
from e2e.hub import Answer, Hub, example
from e2e.members import JUST_JOINED, MOVED_AWAY, OTHER_HUBS, PROD, SANDBOX, STRANGER, administrator
from e2e.resources import BUCKET, EXAMPLES, GROUP, Insecure
from e2e.slack import BROKEN, BUSY, SLOW, TOKEN, WEBHOOK, Slack

REGION = "eu-central-1"
HOME = "us-east-1"

BY_WEBHOOK = "accessanalyzer"
"""The function that is started when the secret of Slack is a webhook; the others speak as a bot."""


@dataclass(slots=True)
class World:
    """The deployed hub with all around it; `claims` are what was expected and what was found instead, if anything.

    `times` are seconds from invoke, by function: until the resource was seen contained, until the answer.
    """

    aws: Emulators
    hub: Hub
    slack: Slack
    ours: Organization
    claims: list[tuple[str, str]] = field(default_factory=list)
    times: list[tuple[str, str, float | None, float]] = field(default_factory=list)

    def expect(self, claim: str, found: Any, wanted: Any = True) -> None:
        """Note whether what was found is what was wanted."""
        self.claims.append((claim, "" if found == wanted else f"wanted {wanted!r}, found {found!r}"))


def every_function_contains(world: World) -> None:
    """One event for each function, when it starts and when it is warm: routed, contained, recorded and told."""
    for function, (name, kind) in EXAMPLES.items():
        if function == BY_WEBHOOK:
            members.replace_slack_secret(world.aws, world.ours, webhook_url=WEBHOOK)
        for how in ("cold", "warm"):
            _contains(world, function, name, kind, how)
    members.replace_slack_secret(world.aws, world.ours, bot_token=TOKEN)


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
    stored = _only(world, answer)
    world.expect(f"{said}: the ledger says so", _outcomes(stored), {Outcome.CONTAINED} if kind else set())
    verdicts = [notice["verdict"] for notice in world.hub.told()]
    world.expect(f"{said}: the topic's subscriber is told once", verdicts, ["contained" if kind else "told"])
    paths = [(message["path"], message["token"]) for message in world.slack.heard[heard:]]
    bot, webhook = ("/api/chat.postMessage", f"Bearer {TOKEN}"), ("/services/EXAMPLE", "")
    world.expect(f"{said}: Slack is told once", paths, [webhook if function == BY_WEBHOOK else bot])
    world.times.append((function, how, _until_contained(world, answer) if kind else None, answer.seconds))


def the_heart_beats(world: World) -> None:
    """The scheduled function takes a finding through the ledger, and tells nobody."""
    event = {"id": "e2e", "version": "0", "detail-type": "Scheduled Event", "source": "aws.events"}
    place = {"account": world.ours.hub, "region": HOME, "time": "2024-05-14T03:12:45Z", "resources": [], "detail": {}}
    answer = world.hub.invoke("heartbeat", {**event, **place})
    world.expect("heartbeat: no error", answer.error, "")
    world.expect("heartbeat: the ledger kept it", world.hub.incident(HEARTBEAT).id, HEARTBEAT)
    world.expect("heartbeat: nobody is told", world.hub.told(), [])


def production_asks_first(world: World) -> None:
    """Where the environment says approve, nothing is changed."""
    client = administrator(world.aws, PROD, HOME)
    bucket = BUCKET.make(client, "in-production")
    answer = world.hub.invoke("securityhub", _bucket_event(bucket, PROD))
    stored = _only(world, answer)
    world.expect("approve: the change waits", _outcomes(stored), {Outcome.AWAITING})
    world.expect("approve: the bucket is as it was", BUCKET.contained(client, bucket), False)
    verdicts = [notice["verdict"] for notice in world.hub.told()]
    world.expect("approve: people are asked", verdicts, ["waiting for approval"])


def a_redelivered_event_is_answered_once(world: World) -> None:
    client = administrator(world.aws, SANDBOX, HOME)
    event = _bucket_event(BUCKET.make(client, "delivered-twice"), SANDBOX)
    first = world.hub.invoke("securityhub", event)
    world.hub.told()
    heard, requests = len(world.slack.heard), len(world.aws.requests())
    again = world.hub.invoke("securityhub", event)
    world.expect("redelivery: the same incident", again.incidents, first.incidents)
    calls = [request["action"] for request in world.aws.requests()[requests:]]
    world.expect("redelivery: no call to the member account", calls, [])
    world.expect("redelivery: nobody is told again", (world.hub.told(), len(world.slack.heard)), ([], heard))


def slack_that_fails_holds_nothing_back(world: World) -> None:
    """Slack is busy, broken or slow: the resource is contained, the notice is kept and told on the next delivery."""
    told = {"429": (BUSY, "ratelimited"), "500": (BROKEN, "HTTP 500"), "a timeout": (SLOW, "did not answer in time")}
    client = administrator(world.aws, SANDBOX, HOME)
    for said, (failure, word) in told.items():
        bucket = BUCKET.make(client, f"slack-{failure.status}-{failure.seconds:.0f}")
        event = _bucket_event(bucket, SANDBOX)
        world.slack.answers.append(failure)
        answer = world.hub.invoke("securityhub", event)
        world.expect(f"Slack answers {said}: contained", BUCKET.contained(client, bucket))
        world.expect(f"Slack answers {said}: the topic's subscriber is told", len(world.hub.told()), 1)
        kept = _receipt(_only(world, answer))
        world.expect(f"Slack answers {said}: the ledger knows why", word in str(kept.get("error", kept)))
        if failure is BUSY:
            world.expect("Slack answers 429: the ledger knows when to try again", kept.get("retry_after"), 30)
        world.hub.invoke("securityhub", event)
        world.expect(f"Slack answers {said}: told later", "ts" in _receipt(_only(world, answer)))
        world.expect(f"Slack answers {said}: the subscriber is not told again", world.hub.told(), [])


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
    the_heart_beats,
    production_asks_first,
    a_redelivered_event_is_answered_once,
    slack_that_fails_holds_nothing_back,
    what_cannot_be_reached_fails_with_a_reason,
)


def _bucket_event(bucket: str, account: str) -> dict[str, Any]:
    return example(EXAMPLES["securityhub"][0], {BUCKET.named: bucket}, account, HOME)


def _only(world: World, answer: Answer) -> Stored | None:
    """Return the one incident of an answer, as the ledger keeps it."""
    return world.hub.incident(answer.incidents[0]) if len(answer.incidents) == 1 else None


def _outcomes(stored: Stored | None) -> set[Outcome] | None:
    return {change.outcome for change in stored.changes} if stored else None


def _receipt(stored: Stored | None) -> Mapping[str, Any]:
    """Return what Slack answered to the incident's notice."""
    return dict(stored.notices[0].receipts["slack"]) if stored and stored.notices else {}


def _until_contained(world: World, answer: Answer) -> float:
    """Return the seconds until the member account had answered the last call: that which saw it contained."""
    functions, end = world.aws.known(), answer.began + answer.seconds
    calls = [each for each in world.aws.requests() if each["key"].startswith("ASIA") and each["key"] not in functions]
    return max((call["at"] for call in calls if answer.began <= call["at"] <= end), default=answer.began) - answer.began
