"""What the ledger knows and is told: of a finding's heads, of an incident, of one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.decision import Action, Approval, Decision
from chalicelib.ledger.keys import resource_head
from chalicelib.model import Change, Finding
from chalicelib.table import Item, Key, Write


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knew of a finding and its resources when the plan was made."""

    incident: str = ""  # of this finding, or open on one of its resources; empty when there is none
    repeated: bool = False  # that incident has this finding already
    answered: bool = False  # this very event about the finding was answered
    died: bool = False  # an attempt on it or on its resources died, before it could tell anybody
    heads: Mapping[Key, Item] = field(default_factory=dict)  # that exist, as they were seen
    undone: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # resource key -> rule -> reason

    @property
    def kept(self) -> set[Key]:
        """The heads that must not expire: of the resources on which people undid something."""
        return {resource_head(key) for key in self.undone}


@dataclass(frozen=True, slots=True)
class Hold:
    """One attempt's hold on heads: of resources, or of a finding that has none."""

    holder: str
    heads: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as the ledger keeps it: its JSON, and the receipt of every channel that took it."""

    id: str
    body: str
    receipts: Mapping[str, Any] = field(default_factory=dict)
    told_at: str = ""  # when every channel had taken it (ISO 8601, UTC)
    not_before: str = ""  # when it may be told at the earliest
    due: str = ""  # when it is to be tried again


@dataclass(frozen=True, slots=True)
class Stored:
    """All of one incident; changes and decisions in the order in which they were made, the opening finding first."""

    id: str
    opened_at: str
    findings: tuple[Finding, ...]
    rules: tuple[str, ...]
    changes: tuple[Change, ...]
    notices: tuple[Told, ...]
    approvals: tuple[Approval, ...] = ()  # that wait for people, or were granted and are being carried out
    decisions: tuple[Decision, ...] = ()
    acknowledged_by: str = ""
    snoozed_until: str = ""

    def approval(self, of: Action) -> Approval | None:
        """Return what waits for people: a response (APPROVE) or an UNDO."""
        return next((approval for approval in self.approvals if approval.of is of), None)


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be recorded of one answer to one finding; `also` (whole items) is written with it.

    `newest` is what is known of the finding where later news of it was answered before.
    """

    incident: str
    finding: Finding
    rules: Sequence[str]
    changes: Sequence[Change]
    notices: Sequence[Told] = ()
    answered: bool = True
    also: Sequence[Write] = ()
    newest: Finding | None = None
