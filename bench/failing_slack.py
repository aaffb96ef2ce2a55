"""A Slack that is now and then busy, broken, silent or too late, before or after it took a message; and SNS beside it.

Which of these it is for a request is left to dice, so a seed makes a run repeatable. Time is played.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from lab.slack import FIRST
from lab.slack_server import FINE, Answer

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
