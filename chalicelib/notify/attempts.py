"""What receipts say of tries: how often, since when, and how long to wait until the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from chalicelib.errors import NotDelivered

Receipt: TypeAlias = dict[str, str | int]
"""What came of telling one target.

Told: `{"message_id"}` (SNS), `{"channel", "ts"}` or `{"webhook": "ok"}` (Slack), `{"fallback": message id}` where SNS
was told in Slack's stead. Slack's may hold `face`, the id of the notice that the message shows since it was posted, or
`face_error` and `face_attempts`. Not told: `{"error", "attempts", "since"}`, `since` being epoch seconds of the first
try, with `retry_after` in seconds where the target said when; and, where the message may have arrived, `unknown` and
the `channel` and `thread` it was for.
"""

MOST = 4
"""Failed tries after which a notice is told elsewhere."""

_FIRST, _LONGEST = 60, 900
"""Seconds until the second try, doubled for each further one, and at most."""


def delivered(receipt: Mapping[str, Any]) -> bool:
    """Tell whether a receipt is of a notice that arrived, be it by the fallback."""
    return bool(receipt) and "error" not in receipt


def failed(was: Mapping[str, Any], error: NotDelivered, now: int) -> Receipt:
    """Return the receipt of one more failed try, at `now` (epoch seconds), after those that `was` tells of."""
    receipt: Receipt = {
        "error": str(error),
        "attempts": int(was.get("attempts", 0)) + 1,
        "since": int(was.get("since", now)),
    }
    after = getattr(error, "retry_after", None)
    return receipt if after is None else receipt | {"retry_after": after}


def wait(receipts: Mapping[str, Mapping[str, Any]]) -> int | None:
    """Return the seconds until the next try of what has not arrived; None when everything has.

    What the target asked for, else 60, 120, 240, 480, 900, 900, ... after each failed try.
    """
    seconds = [_wait(receipt) for receipt in receipts.values()]
    return min((each for each in seconds if each is not None), default=None)


def _wait(receipt: Mapping[str, Any]) -> int | None:
    attempts = receipt.get("face_attempts", 0) if delivered(receipt) else receipt.get("attempts", 1)
    if not attempts:
        return None
    doubled = _FIRST << min(int(attempts) - 1, 10)
    return int(receipt.get("retry_after", min(doubled, _LONGEST)))
