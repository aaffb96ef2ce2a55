"""What limits countermeasure beside its environments: rules, what is protected, break-glass, exemptions, budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime

from chalicelib.dataclass import dataclass
from chalicelib.model import Mode


@dataclass(frozen=True, slots=True)
class RuleMode:
    """The modes that are set for one rule, in place of its own: for all, by environment, by account; None: its own."""

    mode: Mode | None = None
    environments: Mapping[str, Mode] = field(default_factory=dict)
    accounts: Mapping[str, Mode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Protected:
    """What is never changed: principals by ARN pattern, resources by tag (key -> value), by ARN or name pattern.

    In all of them `*` stands for anything.
    """

    principals: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which people work by hand in one environment or account, and countermeasure only watches there."""

    start: datetime
    until: datetime
    reason: str
    owner: str
    environment: str = ""
    account: str = ""

    def open(self, now: datetime) -> bool:
        """Tell whether `now` is in it: from its start on, until just before its end."""
        return self.start <= now < self.until


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """Emergencies: the principals (ARN patterns) whose doing is only watched, and windows of work by hand."""

    principals: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """What rules may do to something only so far, until the end of a day (UTC): an agreed exception, with its owner.

    `rule` and `resource` (a name or an ARN) are patterns; empty: no matter which.
    """

    rule: str
    reason: str
    owner: str
    until: date
    mode: Mode = Mode.OBSERVE
    resource: str = ""
    account: str = ""
    environment: str = ""

    def expired(self, now: datetime) -> bool:
        """Tell whether its last day is over."""
        return now.astimezone(UTC).date() > self.until


@dataclass(frozen=True, slots=True)
class Budgets:
    """How many actions an hour need no approval: of one rule, in one account, altogether. 0: none; None: any number."""

    rule: int | None = 25
    account: int | None = 50
    total: int | None = 200
