"""What is told of an incident, composed once and rendered by every channel; it keeps as JSON until it is delivered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.errors import NotDelivered
from chalicelib.model import Severity


class Kind(StrEnum):
    """Where a notice belongs: the incident's own message, or a reply in its thread."""

    INCIDENT = "incident"
    FOLLOW_UP = "follow-up"
    ESCALATION = "escalation"  # a message of its own in the second channel: nobody has decided
    QUESTION = "question"  # to the one person whose credentials were used: was it you?


class Verdict(StrEnum):
    """The one thing that whoever is woken must know first."""

    NOT_CONTAINED = "not contained"
    NOT_UNDONE = "not undone"
    NOT_VERIFIED = "not yet verified"
    WAITING = "waiting for approval"
    WOULD_CHANGE = "would change"
    HELD_BACK = "held back"
    CONTAINED = "contained"
    UNDONE = "undone"
    EXPIRED = "expired"
    NOTHING_TO_DO = "nothing to do"
    TOLD = "told"


MEANING: Mapping[Verdict, str] = {
    Verdict.NOT_CONTAINED: "At least one step did not work. Act by hand.",
    Verdict.NOT_UNDONE: "At least one change stays as it is. The reasons are below.",
    Verdict.NOT_VERIFIED: "Changed, but not yet seen to hold. It is checked again.",
    Verdict.WAITING: "Not everything is done: a person must approve the rest.",
    Verdict.WOULD_CHANGE: "Only observing: what is shown below was not changed.",
    Verdict.HELD_BACK: "A guardrail held back at least one step.",
    Verdict.CONTAINED: "Changed, and seen to hold.",
    Verdict.UNDONE: "The resources are as they were before.",
    Verdict.EXPIRED: "It was to hold for a time only: the resources are as they were before.",
    Verdict.NOTHING_TO_DO: "Already as it should be, or gone.",
    Verdict.TOLD: "Nothing was changed. A person must look.",
}


@dataclass(frozen=True, slots=True)
class ResourceLine:
    """One resource as people see it, with the URL of its console page or none."""

    type: str
    id: str
    account: str
    region: str
    url: str = ""

    @property
    def kind(self) -> str:
        """Its type as people say it: `EC2 SecurityGroup`."""
        return spoken(self.type)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One remediation on one resource. `before` and `after` are short texts of only what differs.

    Where it is not `done` (failed, observed, waiting, refused), they are what it would change.
    """

    remediation: str
    title: str
    resource_type: str
    resource_id: str
    before: str
    after: str
    outcome: str
    done: bool = False
    reason: str = ""
    impact: str = ""
    undo: str = ""  # what to know before undoing it: needs a confirmation, or is not possible
    until: str = ""  # until when it holds (ISO 8601, UTC); empty: for good

    @property
    def kind(self) -> str:
        """The type of its resource as people say it."""
        return spoken(self.resource_type)


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it, as the event says; empty where it does not."""

    principal: str = ""
    ip: str = ""
    user_agent: str = ""
    access_key: str = ""
    mfa: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """What people can decide now: a value of Action, or `details`. `ask` is what they are asked before it is done."""

    action: str
    digest: str = ""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision: when (ISO 8601, UTC), who (`slack:U...` or an ARN), what, why, and what came of it."""

    at: str
    by: str
    action: str
    reason: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What people are asked, can decide now, and have decided; times are ISO 8601, UTC, or empty."""

    buttons: tuple[Button, ...] = ()
    expires: str = ""  # until when an approval is waited for
    needed: int = 0  # how many different people must approve
    approved_by: tuple[str, ...] = ()
    requester: str = ""  # who asks for an undo that another must approve
    acknowledged_by: str = ""
    snoozed_until: str = ""
    decisions: tuple[DecisionLine, ...] = ()  # the last ones, the latest last


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything that any channel shows. Texts are plain and bounded, never escaped: each channel escapes for itself.

    `id` is derived by who composes it, so that it is the same on every delivery. Times are ISO 8601, UTC.
    """

    id: str
    incident: str
    kind: Kind
    headline: str
    verdict: Verdict
    severity: Severity
    source: str
    rule: str
    rule_title: str
    account: str
    account_name: str
    environment: str
    region: str
    first_seen: str
    last_seen: str
    count: int = 1
    finding_type: str = ""
    sample: bool = False
    tally: str = ""  # "2 contained, 1 failed"
    resources: tuple[ResourceLine, ...] = ()
    who: Who = Who()
    changes: tuple[ChangeLine, ...] = ()
    left_out: int = 0  # changes that are in the ledger and not in this notice
    ceilings: tuple[str, ...] = ()
    attack: tuple[str, ...] = ()
    look_at: str = ""
    undo: str = ""
    finding_url: str = ""
    at: str = ""  # when it was composed
    asked: Asked = Asked()
    to: str = ""  # of a QUESTION: the Slack user who is asked
    grouped: int = 0  # of a storm: how many incidents this one message stands for

    def as_dict(self) -> dict[str, Any]:
        """Return the notice as JSON objects and lists, its severity by name (`HIGH`)."""
        return {**_plain(self), "severity": self.severity.name}

    def to_json(self) -> str:
        """Return the notice as JSON text; `from_json` gives back an equal one."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Notice:
        """Return the notice of a JSON text; fields of a newer version are left out. Raises NotDelivered."""
        try:
            kept = _known(cls, json.loads(text))
            return cls(**{name: _CONVERT.get(name, _as_is)(value) for name, value in kept.items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotDelivered(f"A kept notice cannot be read, so it cannot be told: {error!r}") from error


def spoken(type: str) -> str:
    """Return a CloudFormation type as people say it: `AWS::EC2::SecurityGroup` is `EC2 SecurityGroup`."""
    return type.removeprefix("AWS::").replace("::", " ")


def _plain(value: Any) -> Any:
    """Return lines as JSON objects, and lists of them as lists."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _known(shape: type, value: Any) -> dict[str, Any]:
    """Return what of a JSON object this version has a field for."""
    names = {each.name for each in fields(shape)}
    return {name: each for name, each in value.items() if name in names}


def _as_is(value: Any) -> Any:
    return value


def _asked(value: Any) -> Asked:
    told = _known(Asked, value)
    lines: Mapping[str, type] = {"buttons": Button, "decisions": DecisionLine}
    made = {name: tuple(shape(**_known(shape, each)) for each in told.get(name, ())) for name, shape in lines.items()}
    return Asked(**{**told, **made, "approved_by": tuple(told.get("approved_by", ()))})


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "kind": Kind,
    "verdict": Verdict,
    "severity": lambda name: Severity[name],
    "resources": lambda lines: tuple(ResourceLine(**_known(ResourceLine, each)) for each in lines),
    "who": lambda who: Who(**_known(Who, who)),
    "changes": lambda lines: tuple(ChangeLine(**_known(ChangeLine, each)) for each in lines),
    "ceilings": tuple,
    "attack": tuple,
    "asked": _asked,
}
