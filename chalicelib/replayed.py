"""What a replayed event says of itself: how far it may be answered at most. It can only lower what we may do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.model import Mode

KEY = "countermeasure"
"""The envelope's own key of `countermeasure replay --to`: `{"countermeasure": {"ceiling": "observe"}}`. No event that
AWS or PutEvents makes has a key of the envelope that EventBridge does not know."""

REPLAY_NAME = "replay-name"
"""The key that EventBridge adds to an event that it replays from an archive (EventBridge user guide, "Archiving and
replaying events"): the name of the replay."""

_OURS = re.compile(r"countermeasure-(off|observe|approve|enforce)-[\w.-]+")


def ceiling(event: Mapping[str, Any]) -> tuple[Mode, str] | None:
    """Return how far a replayed event may be answered, and why; None for an event that nobody replayed.

    What does not say it as we do is only shown: a misspelt `enforce` changes nothing.
    """
    said = []
    if KEY in event:
        told = event[KEY]
        said.append(_named(told.get("ceiling") if isinstance(told, Mapping) else None, "the event is replayed"))
    if REPLAY_NAME in event:
        name = event[REPLAY_NAME]
        ours = _OURS.fullmatch(name) if isinstance(name, str) else None
        said.append(_named(ours[1] if ours else None, "the event is replayed from an archive"))
    return min(said, default=None)


def lowered(event: Mapping[str, Any], mode: Mode) -> dict[str, Any]:
    """Return the event as it is replayed, to go no further than `mode`."""
    return {**event, KEY: {"ceiling": mode.name.lower()}}


def replay_name(mode: Mode, suffix: str) -> str:
    """Return the name of a replay from an archive, to go no further than `mode`."""
    return f"{KEY}-{mode.name.lower()}-{suffix}"


def _named(name: object, reason: str) -> tuple[Mode, str]:
    for mode in Mode:
        if name == mode.name.lower():
            return mode, reason
    return Mode.OBSERVE, f"{reason}, and does not say how far to go"
