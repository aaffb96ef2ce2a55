"""The same stories with threads as the machine runs them, and the ledger in another maker's DynamoDB (ministack).

What members have is in moto, a request at a time. Time stands still while the threads run: a second of waiting lasts
ten milliseconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import time_machine
from moto.core.botocore_stubber import BotocoreStubber

from chalicelib.catalogue import Catalogue
from chalicelib.notify import Targets
from chalicelib.notify.slack_clients import Clients
from chalicelib.organization import Budgets
from lab.channels import targets
from lab.organization import TABLE, Lab
from lab.slack_server import FINE, served
from torture.dynamodb import NEAR, made
from torture.race_stories import STORIES
from torture.races import Ran, played
from torture.racing import START, Race
from torture.wire import Wire

SECOND = 0.01


@dataclass(slots=True)
class _Free:
    """Threads that start at one moment and run as they can; what is beside them runs when they are over."""

    shift: Callable[[timedelta], Any]
    _own: threading.local = field(default_factory=threading.local)
    _failed: list[BaseException] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        return hasattr(self._own, "waits")

    def run(self, tasks: Sequence[Callable[[], None]], beside: Callable[[], None]) -> None:
        start = threading.Barrier(len(tasks))

        def live(task: Callable[[], None]) -> None:
            self._own.waits = True
            start.wait()
            try:
                task()
            except BaseException as error:  # noqa: BLE001 - raised below
                self._failed.append(error)

        threads = [threading.Thread(target=live, args=(task,), daemon=True) for task in tasks]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        if self._failed:
            raise self._failed[0]
        self._own.waits = False
        beside()
        del self._own.waits

    def sleep(self, seconds: float) -> None:
        if self._own.waits:
            time.sleep(seconds * SECOND)
        else:
            self.shift(timedelta(seconds=seconds))


def hammered(lab: Lab, catalogue: Catalogue, endpoint: str, kind: str, seed: int) -> Ran:
    """Run the story of a kind; the seed gives the story, not the order of what happens in it."""
    story = STORIES[kind](Random(seed))
    with time_machine.travel(START, tick=False) as clock, served(lab.slack, lambda *_: FINE) as url:
        lab.reset()
        lab.organization = replace(lab.organization, budgets=Budgets(rule=story.budget))
        ledger, wire, free = made(endpoint, TABLE), Wire(), _Free(clock.shift)

        def hub(service: str) -> Any:
            return ledger if service == "dynamodb" else lab.hub(service)

        def told() -> Targets:
            there = targets(hub, lab.organization.channels.topic, lab.slack)
            return replace(there, slack_clients=Clients(web=lambda _: _client(url)))

        with _one_at_a_time(wire, free):
            return replace(played(Race(lab, catalogue, free, wire, hub, told), story), kind=f"{kind}, free", seed=seed)


@contextmanager
def _one_at_a_time(wire: Wire, free: _Free) -> Iterator[None]:
    """Have moto answer one request at a time; what goes to the emulator goes there."""
    straight: Callable[..., Any] = BotocoreStubber.__call__
    lock = threading.RLock()

    def answer(stubber: Any, event_name: str, request: Any, **more: Any) -> Any:
        if request.url.startswith(NEAR):
            return None
        with lock:
            answered = straight(stubber, event_name, request, **more)
            if free.taken:
                wire.note(event_name.removeprefix("before-send."), request, answered)
        return answered

    with patch.object(BotocoreStubber, "__call__", answer):
        yield


def _client(url: str) -> Any:
    from slack_sdk.web import WebClient  # noqa: PLC0415 - as the product makes it

    return WebClient(token="the-lab-needs-none", base_url=url, timeout=10, retry_handlers=[])
