"""Incidents as people see them: put together from what the ledger keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.catalogue import Catalogue
from chalicelib.ledger import Stored
from chalicelib.model import Change, Finding, Incident, Response, Rule, Severity


def assemble(
    id_: str,
    findings: Sequence[Finding],
    rules: Iterable[Rule],
    changes: Sequence[Change],
    told_only: Iterable[Response] = (),
) -> Incident:
    """Return an incident of the finding that opened it, those that joined it, and what was done about them.

    `told_only` are the responses of the rules that have nothing to change.
    """
    told = {response.rule.id: response for response in told_only}
    responses = []
    for rule in {rule.id: rule for rule in rules}.values():
        if rule.id in told:
            responses.append(told[rule.id])
            continue
        mine = tuple(change for change in changes if change.rule == rule.id)
        lowest = min((change.mode for change in mine), default=rule.mode)
        ceilings = dict.fromkeys(ceiling for change in mine for ceiling in change.ceilings)
        responses.append(Response(rule, mine, lowest, tuple(ceilings)))
    return Incident(
        id=id_,
        finding=findings[0],
        responses=tuple(responses),
        count=sum(max(finding.count, 1) for finding in findings),
        first_seen=min(finding.first_seen for finding in findings),
        last_seen=max(finding.last_seen for finding in findings),
    )


def of_stored(stored: Stored, catalogue: Catalogue) -> Incident:
    """Return the incident that the ledger keeps."""
    rules = rules_of(stored.rules, catalogue)
    return replace(assemble(stored.id, stored.findings, rules, stored.changes), opened_at=stored.opened_at)


def rules_of(ids: Iterable[str], catalogue: Catalogue) -> list[Rule]:
    """Return the rules of these ids; one that the catalogue no longer has is known by its id alone."""
    return [catalogue.rules.get(id_) or Rule(id_, id_, {}, Severity.INFORMATIONAL, "") for id_ in ids]
