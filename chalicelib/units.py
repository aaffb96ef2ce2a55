"""The units of a response: each remediation of each rule on each resource that it is for, and how far it may go."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from chalicelib.dataclass import dataclass
from chalicelib.findings.resources import from_rule
from chalicelib.guardrails import Facts, Situation, ceilings, lowest
from chalicelib.model import Ceiling, Finding, Mode, Remediation, Resource, Rule
from chalicelib.organization import Organization


@dataclass(frozen=True, slots=True)
class Unit:
    """One remediation on one resource, because of one rule; and the ceilings on how far it may go."""

    rule: Rule
    remediation: Remediation
    resource: Resource
    ceilings: tuple[Ceiling, ...] = ()

    @property
    def mode(self) -> Mode:
        return lowest(self.ceilings)

    @property
    def place(self) -> tuple[str, str]:
        """What is changed: two units of one place would undo each other's `before`."""
        return self.remediation.id, self.resource.key


def units(finding: Finding, rules: Sequence[Rule]) -> tuple[Unit, ...]:
    """Return the units of the rules that a finding fires, in the order in which they are to run.

    A place that two rules name is one unit: that of the rule which comes first.
    """
    found: dict[tuple[str, str], Unit] = {}
    for rule in rules:
        resources = dict.fromkeys((*finding.resources, *from_rule(rule, finding)))
        for remediation in rule.respond:
            for resource in resources:
                if resource.type == remediation.resource_type:
                    unit = Unit(rule, remediation, resource)
                    found.setdefault(unit.place, unit)
    return tuple(found.values())


def guarded(
    unit: Unit, finding: Finding, organization: Organization, undone: Mapping[str, Mapping[str, str]], facts: Facts
) -> Unit:
    """Return the unit with the ceilings that every guardrail puts on it."""
    situation = Situation(finding, unit.rule, unit.resource, organization, undone.get(unit.resource.key, {}), facts)
    return Unit(unit.rule, unit.remediation, unit.resource, ceilings(situation))


def change_id(incident: str, finding: Finding, unit: Unit) -> str:
    """Return the id of a change: the same on every delivery of one event about one finding."""
    return _digest(incident, finding.id, finding.occasion, unit.rule.id, *unit.place)


def incident_id(finding: Finding) -> str:
    """Return the id of the incident that a finding opens: the same on every delivery of one event about it."""
    return f"inc-{_digest(finding.account, finding.id, finding.occasion)}"


def notice_id(incident: str, *told: str) -> str:
    """Return the id of a notice: the same whenever the same news is told."""
    return _digest(incident, *told)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:12]
