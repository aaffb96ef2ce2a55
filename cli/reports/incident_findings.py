"""What AWS said and which rules heard it, as a report says it: findings, techniques of ATT&CK, controls. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.model import Finding, Rule
from chalicelib.notify import links
from chalicelib.withheld import withheld
from cli.attack_matrix import TECHNIQUES
from cli.frameworks import FRAMEWORKS
from cli.reports.page import plain


@dataclass(frozen=True, slots=True)
class Named:
    """A technique of ATT&CK, or a control: its id, its name, and the tactics or the framework that it is of."""

    id: str
    name: str
    of: str


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """A rule that fired, and what it is evidence for."""

    id: str
    title: str
    severity: str
    look_at: str
    attack: tuple[Named, ...]
    controls: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class FindingSaid:
    """A finding of the incident, with its event as it is kept: without what that named a secret."""

    id: str
    source: str
    type: str
    title: str
    description: str
    severity: str
    account: str
    region: str
    first_seen: str
    last_seen: str
    count: int
    standing: str
    url: str
    event: Any


def said_rule(rule: Rule) -> RuleSaid:
    """Return a rule with its techniques and controls by name."""
    attack = [(id_, TECHNIQUES.get(id_)) for id_ in rule.attack]
    return RuleSaid(
        id=plain(rule.id, 200),
        title=plain(rule.title, 200),
        severity=rule.severity.name,
        look_at=plain(rule.look_at),
        attack=tuple(Named(id_, t.name if t else "", ", ".join(t.tactics) if t else "") for id_, t in attack),
        controls=tuple(_control(framework, id_) for framework, ids in rule.controls.items() for id_ in ids),
    )


def _control(framework: str, id_: str) -> Named:
    name, controls = FRAMEWORKS.get(framework, (framework, {}))
    return Named(id_, controls.get(id_, ""), name)


def said_finding(finding: Finding) -> FindingSaid:
    """Return a finding, bounded, with its event."""
    return FindingSaid(
        id=plain(finding.id, 500),
        source=plain(finding.source, 100),
        type=plain(finding.type, 200),
        title=plain(finding.title, 500),
        description=plain(finding.description),
        severity=finding.severity.name,
        account=plain(finding.account, 100),
        region=plain(finding.region, 100),
        first_seen=plain(finding.first_seen, 40),
        last_seen=plain(finding.last_seen, 40),
        count=finding.count,
        standing=finding.standing.value,
        url=links.of_finding(finding),
        event=withheld(finding.event),
    )
