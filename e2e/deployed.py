"""The deployed hub with all around it, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.ledger import Stored
from chalicelib.model import Outcome
from chalicelib.organization import Organization
from e2e.emulators import REGION, Emulators
from e2e.hub import Answer, Hub, example
from e2e.resources import BUCKET, EXAMPLES
from e2e.slack import Slack


@dataclass(slots=True)
class World:
    """The deployed hub with all around it; `claims` are what was expected and what was found instead, if anything.

    `times` are seconds from invoke, by function: until the resource was seen contained, until the answer. `untold` are
    the incidents that Slack did not take at first, by what it did instead.
    """

    aws: Emulators
    outputs: Mapping[str, str]
    hub: Hub
    slack: Slack
    ours: Organization
    claims: list[tuple[str, str]] = field(default_factory=list)
    times: list[tuple[str, str, float | None, float]] = field(default_factory=list)
    untold: dict[str, str] = field(default_factory=dict)

    def expect(self, claim: str, found: Any, wanted: Any = True) -> None:
        """Note whether what was found is what was wanted."""
        self.claims.append((claim, "" if found == wanted else f"wanted {wanted!r}, found {found!r}"))

    def only(self, answer: Answer) -> Stored | None:
        """Return the one incident of an answer, as the ledger keeps it."""
        return self.hub.incident(answer.incidents[0]) if len(answer.incidents) == 1 else None


def bucket_event(bucket: str, account: str) -> dict[str, Any]:
    """Return a finding of Security Hub that a bucket of an account is public."""
    return example(EXAMPLES["securityhub"][0], {BUCKET.named: bucket}, account, REGION)


def outcomes(stored: Stored | None) -> set[Outcome] | None:
    return {change.outcome for change in stored.changes} if stored else None


def receipt(stored: Stored | None) -> Mapping[str, Any]:
    """Return what Slack answered to the incident's own notice."""
    return dict(stored.notices[0].receipts.get("slack", {})) if stored and stored.notices else {}
