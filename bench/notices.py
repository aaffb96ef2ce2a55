"""A thousand notices through a Slack that fails in every way it can: run `python -m bench.notices [SEED]`.

The product's own delivery and slack_sdk's client speak over loopback to a workspace that is now and then busy, broken,
silent or too late, before or after it took a message. Time is played: each notice is tried again when `wait` says.
"""

from __future__ import annotations

import heapq
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError
from slack_sdk.web import WebClient

from chalicelib.model import Severity
from chalicelib.notify import Kind, Notice, Receipt, Targets, Verdict, notify, slack, wait
from chalicelib.notify.attempts import MOST
from chalicelib.notify.secrets import SlackSecret
from lab.slack import FIRST, Slack
from lab.slack_server import FINE, Answer, served

APART = 30
"""Seconds between two notices."""

PATIENCE = 0.15
"""Seconds that the client waits for an answer."""

FAULTS: Sequence[tuple[float, str, Answer]] = (
    (0.080, "busy", Answer(taken=False, status=429, error="ratelimited", headers={"Retry-After": "45"})),
    (0.050, "broken before", Answer(taken=False, status=500)),
    (0.050, "broken after", Answer(status=500)),
    (0.015, "half done before", Answer(taken=False, error="internal_error")),
    (0.015, "half done after", Answer(error="internal_error")),
    (0.030, "cut off before", Answer(taken=False, silent=0)),
    (0.030, "cut off after", Answer(silent=0)),
    (0.006, "too late before", Answer(taken=False, silent=2 * PATIENCE)),
    (0.006, "too late after", Answer(silent=2 * PATIENCE)),
    (0.010, "archived", Answer(taken=False, error="is_archived")),
)
"""How often what goes wrong. `before` and `after` Slack took the message; what is archived refuses messages alone."""


@dataclass(slots=True)
class World:
    """The clock, what Slack and SNS were asked, and what they have."""

    dice: random.Random
    now: float = FIRST
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    published: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, method: str, _: Mapping[str, Any]) -> Answer:
        """Throw the dice for one request to Slack."""
        self.calls[method] += 1
        rest = self.dice.random()
        for share, name, answer in FAULTS:
            rest -= share
            if rest < 0 and (name != "archived" or method == "chat.postMessage"):
                self.faults[name] += 1
                return answer
        return FINE

    def publish(self, **message: Any) -> dict[str, str]:
        """Take a message as SNS does, or not: one in twenty fails."""
        if self.dice.random() < 0.05:
            self.faults["SNS"] += 1
            raise ClientError({"Error": {"Code": "InternalError"}}, "Publish")
        self.published.append(message)
        return {"MessageId": str(len(self.published))}

    def settle(self) -> None:
        """Wait until Slack has dealt with what a client did not wait for."""
        while sum(self.calls.values()) < self.sent:
            time.sleep(0.002)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run: by notice id how often it is in Slack and with SNS instead, and what it took."""

    seed: int
    notices: int
    tries: int
    posts: int
    looked: int
    published: int
    seconds: float  # of played time, until all had arrived
    in_slack: Mapping[str, int]
    fallen_back: Mapping[str, int]
    doubtful: frozenset[str]  # told to SNS while nobody could look whether Slack has them
    faults: Mapping[str, int]
    pending: int

    def lines(self) -> list[str]:
        """Return the run as people read it."""
        both = self.in_slack.keys() & self.fallen_back.keys()
        return [
            f"seed {self.seed}: {self.notices} notices, all arrived after {self.seconds / 60:.0f} played minutes",
            f"  {len(self.in_slack)} in Slack, {len(self.fallen_back)} by the fallback, {len(both)} of them in both",
            f"  {max(self.in_slack.values(), default=0)} is the most that Slack has of any one",
            f"  {self.posts} posts, {self.tries - self.notices} retries, {self.looked} looked up",
            f"  {self.published} published to SNS; faults: "
            + ", ".join(f"{number} {name}" for name, number in sorted(self.faults.items())),
        ]


def run(seed: int, number: int = 1_000) -> Figures:
    """Deliver that many notices, each until it has arrived."""
    world = World(random.Random(seed))
    workspace = Slack(clock=lambda: world.now)
    notices = [_notice(index) for index in range(number)]
    receipts: list[dict[str, Receipt]] = [{} for _ in notices]
    doubtful: set[str] = set()
    tries = 0
    due = [(FIRST + APART * index, index) for index in range(number)]
    with served(workspace, world.fault) as url:
        targets = _targets(world, url)
        while due:
            world.now, index = heapq.heappop(due)
            notice, tries = notices[index], tries + 1
            before = receipts[index].get("slack", {})
            parent = {} if notice.kind is Kind.INCIDENT else receipts[index - 1]
            receipts[index] = notify(notice, targets, already=receipts[index], parent=parent)
            world.settle()
            if "fallback" in receipts[index]["slack"] and before.get("unknown"):
                doubtful.add(notice.id)
            seconds = wait(receipts[index])
            if seconds is not None:
                heapq.heappush(due, (world.now + seconds, index))
    missed = [json.loads(json.loads(m["Message"])["sqs"])["id"] for m in world.published if _is_fallback(m)]
    return Figures(
        seed=seed,
        notices=number,
        tries=tries,
        posts=world.calls["chat.postMessage"],
        looked=world.calls["conversations.history"] + world.calls["conversations.replies"],
        published=len(world.published),
        seconds=world.now - FIRST,
        in_slack=Counter(message["metadata"]["event_payload"]["id"] for message in workspace.messages),
        fallen_back=Counter(missed),
        doubtful=frozenset(doubtful),
        faults=world.faults,
        pending=sum(wait(each) is not None for each in receipts),
    )


def _is_fallback(message: Mapping[str, Any]) -> bool:
    return "undelivered" in message["MessageAttributes"]


def _targets(world: World, url: str) -> Targets:
    class Client(WebClient):
        """slack_sdk's own, which counts what it sends."""

        def api_call(self, *args: Any, **kwargs: Any) -> Any:
            world.sent += 1
            return super().api_call(*args, **kwargs)

    silent = slack.web_client("")._logger
    client = Client(token="xoxb-EXAMPLE", base_url=url, timeout=PATIENCE, logger=silent, retry_handlers=[])
    return Targets(
        sns=lambda: world,
        topic_arn="arn:aws:sns:us-east-1:111122223333:notices",
        slack_reference="ssm:/slack",
        channel="C0EXAMPLE",
        read_secret=lambda _: SlackSecret(bot_token="xoxb-EXAMPLE", signing_secret="example"),
        slack_clients=slack.Clients(web=lambda _: client),
        clock=lambda: world.now,
    )


def _notice(index: int) -> Notice:
    """Return one notice: mostly incidents, now and then a reply to the one before or a question to a person."""
    kind = {3: Kind.FOLLOW_UP, 7: Kind.FOLLOW_UP, 9: Kind.QUESTION}.get(index % 10, Kind.INCIDENT)
    notice = Notice(
        id=f"notice-{index}",
        incident=f"inc-{index:012x}",
        kind=kind,
        headline=f"Contained: Access key was published · key {index} in shop-prod, us-east-1",
        verdict=Verdict.CONTAINED,
        severity=Severity.HIGH,
        source="health",
        rule="health.access_key_exposed",
        rule_title="Access key was published",
        account="111122223333",
        account_name="shop-prod",
        environment="production",
        region="us-east-1",
        first_seen="2025-11-03T02:58:00Z",
        last_seen="2025-11-03T02:58:00Z",
    )
    return replace(notice, to="U0EXAMPLE1") if kind is Kind.QUESTION else notice


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(10**6)
    began = time.perf_counter()
    figures = run(seed)
    print("\n".join(figures.lines()))
    print(f"  {time.perf_counter() - began:.1f} s; a notice is told elsewhere after {MOST} failed tries")


if __name__ == "__main__":
    main()
