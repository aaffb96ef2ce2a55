"""What people decide about an incident: the record of it, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from chalicelib.dataclass import dataclass


class Action(StrEnum):
    """What a person may do with an incident."""

    APPROVE = "approve"
    DENY = "deny"
    UNDO = "undo"
    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    ESCALATE = "escalate"
    MINE = "it was me"
    NOT_MINE = "it was not me"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one person. `by` is `slack:U0123456789`, or the ARN that STS gives of who runs the command."""

    action: Action
    incident: str
    by: str
    at: str  # ISO 8601, UTC
    via: str  # "slack" or "command"
    digest: str = ""  # of what was shown, where something is approved or undone; "" takes what is asked now
    reason: str = ""
    confirm: bool = False  # of an undo: also what should not be taken back lightly
    force: bool = False  # of an undo: also what is no longer as we left it
    minutes: int = 0  # of a snooze
    result: str = ""  # what came of it, for people


@dataclass(frozen=True, slots=True)
class Approval:
    """What waits for people: the exact changes of a response, or their undo, until it expires."""

    incident: str
    of: Action  # APPROVE or UNDO
    digest: str  # of all the changes together, as they were shown
    changes: tuple[str, ...]  # their ids
    asked_at: str
    expires_at: str
    needed: int = 1  # how many different people
    escalated: bool = False
    requester: str = ""  # who asked for an undo, why, and how far it is to go
    reason: str = ""
    confirm: bool = False
    force: bool = False
    votes: Mapping[str, str] = field(default_factory=dict, hash=False)  # who approved -> when
