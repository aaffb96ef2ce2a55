"""Incidents as people see them: put together from what the ledger keeps, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts import Accounts
from chalicelib.catalogue import Catalogue
from chalicelib.errors import AccessRefused
from chalicelib.ledger import Ledger, Stored, Told
from chalicelib.model import Change, Finding, Incident, Response, Rule, Severity
from chalicelib.notify import Kind, Notice, compose, delivered
from chalicelib.organization import Organization
from chalicelib.units import notice_id

Receipts: TypeAlias = Mapping[str, Mapping[str, Any]]
Deliver: TypeAlias = Callable[[Notice, Receipts, Receipts], Receipts]
"""Delivers a notice, given the receipts it has already and those of the incident's first notice."""


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


@dataclass(frozen=True, slots=True)
class Teller:
    """Composes notices, delivers them, and keeps the receipts: what cannot be told now is kept until it can be."""

    catalogue: Catalogue
    organization: Organization
    accounts: Accounts
    ledger: Ledger
    deliver: Deliver

    def compose(self, incident: Incident, kind: Kind) -> Told:
        """Return the notice of an incident, or of the part of it that is news; its id is the same for the same news."""
        account = self.organization.account(incident.finding.account)
        news = sorted(f"{change.id} {change.outcome} {change.digest}" for change in incident.changes)
        id_ = notice_id(incident.id, incident.finding.id, *news)
        notice = compose(
            incident,
            remediations=self.catalogue.remediations,
            account_name=account.name if account else self._alias(incident.finding.account),
            environment=account.environment if account else "unknown",
            kind=kind,
            notice_id=id_,
        )
        return Told(id_, notice.to_json())

    def tell(self, incident: str, notices: Sequence[Told]) -> None:
        """Deliver what has not arrived yet, the incident's own message before the replies to it."""
        kept = [(notice, Notice.from_json(notice.body)) for notice in notices]
        parent: Receipts = {}
        for told, notice in sorted(kept, key=lambda each: each[1].kind is not Kind.INCIDENT):
            receipts = self.deliver(notice, told.receipts, parent)
            if receipts != told.receipts:
                self.ledger.receive(incident, replace(told, receipts=receipts))
            if notice.kind is Kind.INCIDENT:
                parent = {name: receipt for name, receipt in receipts.items() if delivered(dict(receipt))}

    def _alias(self, account: str) -> str:
        """Return the account's alias; "" where it has none or we may not ask: a name is not worth a failure."""
        try:
            return self.accounts.alias(account)
        except (AccessRefused, BotoCoreError, ClientError):
            return ""
