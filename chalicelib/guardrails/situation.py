"""What every guardrail looks at, and what is so at this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import TypeAlias

from chalicelib.dataclass import dataclass
from chalicelib.model import Ceiling, Finding, Mode, Resource, Rule
from chalicelib.organization import Organization


def no_switch() -> tuple[Mode, str] | None:
    """Hold nothing back: there is no kill switch."""
    return None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so at this moment, whatever happened: the time in UTC, how far the kill switch lets us go, and why."""

    now: datetime
    switch: Callable[[], tuple[Mode, str] | None] = no_switch


def facts_now() -> Facts:
    """Return the facts where there is no kill switch."""
    return Facts(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Situation:
    """What the guardrails look at. `resource` is None for a rule that only tells.

    `undone` are the rules that a person has undone on this resource, each with the reason.
    """

    finding: Finding
    rule: Rule
    resource: Resource | None
    organization: Organization
    undone: Mapping[str, str] = field(default_factory=dict)
    facts: Facts = field(default_factory=facts_now)

    @property
    def account(self) -> str:
        return self.resource.account if self.resource else self.finding.account

    @property
    def region(self) -> str:
        return self.resource.region if self.resource else self.finding.region

    @property
    def environment(self) -> str:
        """The name of the account's environment; "" for an account that we do not know."""
        account = self.organization.account(self.account)
        return account.environment if account else ""


Guardrail: TypeAlias = Callable[[Situation], Ceiling | None]
