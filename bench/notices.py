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
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.web import WebClient

from bench.failing_slack import PATIENCE, World
from bench.report import Part, Promise, shown
from chalicelib.model import Severity
from chalicelib.notify import Kind, Notice, Receipt, Targets, Verdict, notify, wait
from chalicelib.notify.attempts import MOST
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_clients import Clients, web_client
from lab.slack import FIRST, Slack
from lab.slack_server import served

APART = 30
"""Seconds between two notices."""


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
    missed = [_heard_by_machines(m)["id"] for m in world.published if _is_fallback(m)]
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


def _heard_by_machines(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return what SNS delivers to a queue (SNS developer guide, "Publishing messages with custom payloads")."""
    told = json.loads(message["Message"])
    notice: dict[str, Any] = json.loads(told.get("sqs", told["default"]))
    return notice


def _is_fallback(message: Mapping[str, Any]) -> bool:
    return "undelivered" in message["MessageAttributes"]


def _targets(world: World, url: str) -> Targets:
    class Client(WebClient):
        """slack_sdk's own, which counts what it sends."""

        def api_call(self, *args: Any, **kwargs: Any) -> Any:
            world.sent += 1
            return super().api_call(*args, **kwargs)

    silent = web_client("")._logger
    patience: Any = PATIENCE  # slack_sdk asks for whole seconds; what it hands them to takes parts
    client = Client(token="xoxb-EXAMPLE", base_url=url, timeout=patience, logger=silent, retry_handlers=[])
    return Targets(
        sns=lambda: world,
        topic_arn="arn:aws:sns:us-east-1:111122223333:notices",
        slack_reference="ssm:/slack",
        channel="C0EXAMPLE",
        read_secret=lambda _: SlackSecret(bot_token="xoxb-EXAMPLE", signing_secret="example"),
        slack_clients=Clients(web=lambda _: client),
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


def part(seed: int, number: int = 1_000) -> Part:
    """Deliver that many notices, and say what came of them."""
    return judged(run(seed, number))


def judged(figures: Figures) -> Part:
    """Return a run as a part of the report."""
    everywhere = figures.in_slack.keys() | figures.fallen_back.keys()
    both = figures.in_slack.keys() & figures.fallen_back.keys()
    most = max([*figures.in_slack.values(), *figures.fallen_back.values()], default=0)
    rows = [
        ["in Slack", f"{len(figures.in_slack):,}"],
        ["by SNS in Slack's stead", f"{len(figures.fallen_back):,}"],
        ["in both", f"{len(both):,}"],
        ["tries that were not the first", f"{figures.tries - figures.notices:,}"],
        ["posts to Slack", f"{figures.posts:,}"],
        ["looked up in Slack", f"{figures.looked:,}"],
        ["faults of Slack and of SNS", f"{sum(figures.faults.values()):,}"],
        ["played minutes until all had arrived", f"{figures.seconds / 60:,.0f}"],
    ]
    lost = figures.notices - len(everywhere)
    promises = [
        Promise("No notice is lost.", not lost and not figures.pending, f"{lost} lost, {figures.pending} under way"),
        Promise("No channel is told anything twice.", most == 1, f"{most} times at most"),
        Promise(
            "A notice is in both channels only where nobody could look whether Slack has it.",
            both <= figures.doubtful,
            f"{len(both - figures.doubtful)} were",
        ),
    ]
    note = (
        f"{figures.notices:,} notices through a Slack that fails in every way it can (seed {figures.seed};"
        " `python -m bench.notices`)."
    )
    return Part("Notices", note, ["Notices", ""], rows, promises)


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(10**6)
    began = time.perf_counter()
    print(shown(part(seed)))
    print(f"  seed {seed}, {time.perf_counter() - began:.1f} s; told elsewhere after {MOST} failed tries")


if __name__ == "__main__":
    main()
