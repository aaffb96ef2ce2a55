"""What held countermeasure back in a period: guardrails by their reason, what it would have done, exemptions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from chalicelib.model import Mode, Remediation
from chalicelib.notify.escape import line
from chalicelib.organization import Exemption, Organization
from cli.reports.audit_seen import Seen
from cli.reports.audit_tried import NAME, TEXT

SOON = 30
"""Days before its end from which on an exemption is marked."""

EXEMPTION = "exemption"
"""What the guardrail of exemptions is called."""


class Term(StrEnum):
    """How an exemption stands."""

    HOLDS = "holds"
    ENDS_SOON = "ends soon"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Lowered:
    """A guardrail that lowered a mode, for one reason: how far it let go at most, and for how many changes."""

    guardrail: str
    mode: str
    reason: str
    changes: int
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WouldHave:
    """What observing alone kept from being done: a remediation, of how many resources, and in which incidents."""

    remediation: str
    title: str
    resources: int
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exempted:
    """An exemption of organization.toml: what it is for, whose it is, and the incidents that it held back."""

    rule: str
    where: str
    mode: str
    owner: str
    reason: str
    until: date
    term: Term
    days_left: int
    incidents: tuple[str, ...]


def lowered(incidents: Iterable[Seen]) -> tuple[Lowered, ...]:
    """Return what lowered modes, by guardrail and reason, the most frequent first."""
    found: dict[tuple[str, Mode, str], list[str]] = {}
    for each in incidents:
        for change in each.changes:
            for ceiling in change.ceilings:
                found.setdefault((ceiling.guardrail, ceiling.mode, ceiling.reason), []).append(each.id)
    made = [
        Lowered(line(guardrail, NAME), mode.name.lower(), reason, len(ids), tuple(dict.fromkeys(ids)))
        for (guardrail, mode, reason), ids in found.items()
    ]
    return tuple(sorted(made, key=lambda each: (-each.changes, each.guardrail, each.reason)))


def would_have(incidents: Iterable[Seen], known: Mapping[str, Remediation]) -> tuple[WouldHave, ...]:
    """Return what was only observed, by remediation, the most resources first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in incidents:
        for change in each.changes:
            if change.held_back:
                found.setdefault(change.remediation, []).append((each.id, f"{change.account} {change.resource}"))
    made = [
        WouldHave(
            remediation=id_,
            title=known[id_].title if id_ in known else id_,
            resources=len({resource for _, resource in held}),
            incidents=tuple(dict.fromkeys(incident for incident, _ in held)),
        )
        for id_, held in found.items()
    ]
    return tuple(sorted(made, key=lambda each: (-each.resources, each.remediation)))


def exempted(organization: Organization, incidents: Sequence[Seen], now: datetime) -> tuple[Exempted, ...]:
    """Return every exemption as it stands today, the first to end before the others."""
    made = [_exempted(each, incidents, now) for each in organization.exemptions]
    return tuple(sorted(made, key=lambda each: (each.until, each.rule, each.owner)))


def _exempted(exemption: Exemption, incidents: Iterable[Seen], now: datetime) -> Exempted:
    left = (exemption.until - now.astimezone(UTC).date()).days
    says = line(f"exempt until {exemption.until}: {exemption.reason} ({exemption.owner})", TEXT)
    return Exempted(
        rule=line(exemption.rule, NAME),
        where=line(_where(exemption), NAME),
        mode=exemption.mode.name.lower(),
        owner=line(exemption.owner, NAME),
        reason=line(exemption.reason, TEXT),
        until=exemption.until,
        term=Term.EXPIRED if exemption.expired(now) else Term.ENDS_SOON if left <= SOON else Term.HOLDS,
        days_left=left,
        incidents=tuple(each.id for each in incidents if _held_by(each, says)),
    )


def _where(exemption: Exemption) -> str:
    named = (exemption.resource, exemption.account, exemption.environment)
    return ", ".join(each for each in named if each) or "everywhere"


def _held_by(incident: Seen, says: str) -> bool:
    """Tell whether an exemption is among what held a change of an incident back: its words are the ceiling's."""
    ceilings = (ceiling for change in incident.changes for ceiling in change.ceilings)
    return any(each.guardrail == EXEMPTION and says in each.reason for each in ceilings)
