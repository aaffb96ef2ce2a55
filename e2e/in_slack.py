"""What is expected of a deployed hub in Slack: people decide there, and a Slack that fails loses nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from chalicelib.ledger import Stored
from chalicelib.model import Outcome
from e2e import clicks
from e2e.deployed import World, bucket_event, outcomes, receipt
from e2e.emulators import REGION
from e2e.hub import counted
from e2e.members import PROD, SANDBOX, administrator
from e2e.resources import BUCKET
from e2e.slack import BROKEN, BUSY, SIGNING_SECRET, SLOW, Answer
from infrastructure.names import ENDPOINT

APPROVER, STRANGER = "U0123456789", "U0STRANGER"
"""Who may approve in production, by organization.toml, and who may not."""

PATIENCE = 3
"""Seconds in which Slack wants a click to be answered (docs.slack.dev, "Handling user interaction")."""

FAILURES: Mapping[str, tuple[Answer, str, int, int]] = {
    "answers 429": (BUSY, "ratelimited", 20, 2),
    "answers 500": (BROKEN, "HTTP 500", 60, 2),
    "answers too late": (SLOW, "did not answer in time", 60, 1),
}
"""What Slack does at first: the ledger's word for it, the seconds until the next try, and how often it is posted.

What Slack took, and answered too late, is found there: it is not posted again.
"""

LATE = 35
"""Seconds that a try may be late: less than lie between what Slack asks for and what we wait if it asks for nothing.

It may be a second early: the ledger counts whole ones.
"""


def slack_that_fails_holds_nothing_back(world: World) -> None:
    """Slack is busy, broken or slow: the resource is contained, and what Slack was to be told is kept, with the why."""
    client = administrator(world.aws, SANDBOX, REGION)
    for number, (said, (failure, word, _, _)) in enumerate(FAILURES.items()):
        bucket = BUCKET.make(client, f"slack-fails-{number}")
        event = bucket_event(bucket, SANDBOX)
        world.slack.answers[bucket] = failure
        answer = world.hub.invoke("securityhub", event)
        world.expect(f"Slack {said}: contained", BUCKET.contained(client, bucket))
        world.expect(f"Slack {said}: the topic's subscriber is told", len(world.hub.told()), 1)
        error = str(receipt(world.only(answer)).get("error"))
        world.expect(f"Slack {said}: the ledger knows why", word if word in error else error, word)
        world.untold[said] = "".join(answer.incidents)
        world.hub.invoke("securityhub", event)
        told = (len(world.slack.posts(world.untold[said])), world.hub.told())
        world.expect(f"Slack {said}: another delivery tells nothing before it is due", told, (1, []))


def slack_is_told_later(world: World) -> None:
    """The schedule tells what Slack did not take once that is due, and nothing twice."""
    for said, (_, _, wait, often) in FAILURES.items():
        id_ = world.untold.get(said, "")

        def told(id_: str = id_) -> bool:
            return bool(id_) and "ts" in receipt(world.hub.incident(id_))

        world.expect(f"Slack {said}: told later", _eventually(told, True, 2 * wait + 30))
        posts = world.slack.posts(id_)
        world.expect(f"Slack {said}: posted as often as is needed", len(posts), often)
        world.expect(f"Slack {said}: it is there once", len(_messages(world, id_)), 1)
        gaps = [later["at"] - first["at"] for first, later in pairwise(posts)]
        world.expect(
            f"Slack {said}: tried again when due", [gap for gap in gaps if not wait - 1 < gap < wait + LATE], []
        )
    world.expect("told later: the topic's subscriber is not told again", world.hub.told(), [])


def a_click_carries_it_out(world: World) -> None:
    """What waits for approval is done when an approver clicks; nobody else's click does it, and none does it twice."""
    bucket = BUCKET.make(administrator(world.aws, PROD, REGION), "approved-in-slack")
    stored = world.only(world.hub.invoke("securityhub", bucket_event(bucket, PROD)))
    world.hub.told()
    asking = set(clicks.buttons(_message(world, stored)))
    world.expect("approval: the message has its buttons", asking >= {"approve", "deny"})
    if not stored or "approve" not in asking:
        return
    _refused(world, stored, bucket)
    body = clicks.pressed(_message(world, stored), "approve", APPROVER)
    headers = clicks.signed(body, SIGNING_SECRET)
    status, seconds = _send(world, body, headers)
    world.times.append(("slack", "warm", None, seconds))
    world.expect("an approver's click: taken", status, 200)
    world.expect("an approver's click: answered while Slack waits", seconds < PATIENCE)
    _carried_out(world, stored, bucket)
    _replayed(world, stored, body, headers)


def _refused(world: World, stored: Stored, bucket: str) -> None:
    """What Slack did not sign is not heard; whoever may not approve is told so."""
    forged = clicks.pressed(_message(world, stored), "approve", APPROVER)
    status, seconds = _send(world, forged, clicks.signed(forged, "a-secret-of-somebody-else"))
    world.times.append(("slack", "cold", None, seconds))
    world.expect("a click that Slack did not sign: 401", status, 401)
    strangers = clicks.pressed(_message(world, stored), "approve", STRANGER)
    status, _ = _send(world, strangers, clicks.signed(strangers, SIGNING_SECRET))
    world.expect("a stranger's click: taken", status, 200)
    answered = _eventually(lambda: _whispers(world, "not among the approvers of prod"), 1)
    world.expect("a stranger's click: the stranger is told why it does nothing", answered, 1)
    waits = (outcomes(world.hub.incident(stored.id)), _held(world, bucket))
    world.expect("neither changes anything", waits, ({Outcome.AWAITING}, False))


def _carried_out(world: World, stored: Stored, bucket: str) -> None:
    done = {Outcome.CONTAINED}
    settled = _eventually(lambda: outcomes(world.hub.incident(stored.id)), done)
    world.expect("approval: the ledger says contained", settled, done)
    world.expect("approval: contained in the member account", _held(world, bucket))
    left = {"undo", "acknowledge", "snooze", "escalate", "details"}
    shown = _eventually(lambda: set(clicks.buttons(_message(world, stored))), left)
    world.expect("approval: the message is brought up to date, and asks no more", shown, left)
    ts = receipt(stored).get("ts")
    replies = [each for each in world.slack.workspace.messages if each.get("thread_ts") == ts]
    world.expect("approval: what came of it is a reply", len(replies), 1)
    world.expect("approval: the approver is told", _eventually(lambda: _whispers(world, "1 contained"), 1), 1)
    verdicts = [notice["verdict"] for notice in world.hub.told()]
    world.expect("approval: the topic's subscriber is told what came of it", verdicts, ["contained"])


def _replayed(world: World, stored: Stored, body: bytes, headers: Mapping[str, str]) -> None:
    """The same request once more proves to be Slack's, and is known to have been here."""
    before, heard = _decided(world, stored), len(world.slack.heard)
    status, _ = _send(world, body, headers)
    world.expect("a click that comes twice: taken", status, 200)
    world.expect("a click that comes twice: known", _eventually(lambda: _clicks(world), (2, 1)), (2, 1))
    unchanged = (_decided(world, stored), world.slack.heard[heard:])
    world.expect("a click that comes twice: nothing is done", unchanged, (before, []))


def _send(world: World, body: bytes, headers: Mapping[str, str]) -> tuple[int, float]:
    return clicks.sent(world.aws.ministack, world.outputs["SlackUrl"], body, headers)


def _message(world: World, stored: Stored | None) -> Mapping[str, Any]:
    """Return the incident's own message, as it is in Slack now."""
    ts = receipt(stored).get("ts")
    found = [each for each in world.slack.workspace.messages if each["ts"] == ts]
    return found[0] if found else {"blocks": []}


def _messages(world: World, incident: str) -> list[Mapping[str, Any]]:
    return [each for each in world.slack.workspace.messages if incident and incident in json.dumps(each)]


def _whispers(world: World, said: str) -> int:
    """Return how often somebody who clicked was told this, seen by them alone."""
    told = [each["message"] for each in world.slack.heard if each["path"].startswith("/actions/")]
    return sum(each["response_type"] == "ephemeral" and said in each["text"] for each in told)


def _clicks(world: World) -> tuple[float, float]:
    """Return how many clicks the endpoint handed over, one being the stranger's, and how many it had seen before."""
    return counted(world.aws, "Clicks", ENDPOINT), counted(world.aws, "ClicksRepeated", ENDPOINT)


def _decided(world: World, stored: Stored) -> tuple[Any, ...]:
    now = world.hub.incident(stored.id)
    return now.changes, now.decisions, now.approvals


def _held(world: World, bucket: str) -> bool:
    return BUCKET.contained(administrator(world.aws, PROD, REGION), bucket)


def _eventually(look: Callable[[], Any], wanted: Any, seconds: float = 30) -> Any:
    """Look until it is as wanted, or for so many seconds; return what was seen last."""
    deadline = time.monotonic() + seconds
    while (seen := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return seen
