"""What an audit keeps of one incident: enough to count it and to follow each figure, and no event of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalicelib import replayed
from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action, Decision
from chalicelib.errors import NotDelivered
from chalicelib.evidence import Chain as Proven
from chalicelib.evidence import chain_of
from chalicelib.incidents import rules_of
from chalicelib.ledger import Stored
from chalicelib.ledger.items import stored as stored_of
from chalicelib.model import Finding, Severity, Standing
from chalicelib.notify import Notice, verdicts
from chalicelib.notify.escape import line
from chalicelib.table import Item
from cli.faces import kind
from cli.reports.audit_questions import Question, questions, refused
from cli.reports.audit_tried import NAME, TEXT, Failure, Tried, failures, tried


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided: `by` is a Slack user or an ARN. One that was refused did nothing."""

    at: str
    by: str
    action: Action
    via: str
    reason: str
    result: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """The evidence of one incident: how many seals, what is wrong with them or its records, and what waits for one."""

    seals: int
    faults: tuple[str, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One incident of the period. `drill`: of a sample finding, or of an event that somebody replayed."""

    id: str
    kind: str
    opened_at: str
    severity: Severity
    title: str
    account: str
    region: str
    rules: tuple[str, ...]
    verdict: str
    drill: bool
    changes: tuple[Tried, ...]
    failures: tuple[Failure, ...]
    questions: tuple[Question, ...]
    decisions: tuple[Decided, ...]
    acknowledged_by: str
    untold: int  # notices that have not arrived everywhere
    chain: Chain


def seen(id_: str, items: Mapping[str, Item], catalogue: Catalogue, now: datetime) -> Seen:
    """Return what is kept of an incident, of its items. Raises what reading damaged items raises."""
    stored = stored_of(id_, items)
    first = stored.findings[0]
    rules = rules_of(stored.rules, catalogue)
    main = max(rules, key=lambda rule: rule.severity, default=None)
    notices = _notices(stored)
    return Seen(
        id=stored.id,
        kind=kind(stored),
        opened_at=stored.opened_at,
        severity=max([first.severity, *(rule.severity for rule in rules)]),
        title=line(main.title if main else first.title, NAME),
        account=line(first.account, NAME),
        region=line(first.region, NAME),
        rules=tuple(line(rule, NAME) for rule in stored.rules),
        verdict=verdicts.of(verdicts.worst_first(stored.changes)).value,
        drill=any(map(_is_drill, stored.findings)),
        changes=tuple(tried(stored, notices)),
        failures=tuple(failures(stored.changes, notices)),
        questions=questions(stored, items, notices, now),
        decisions=tuple(map(_decided, stored.decisions)),
        acknowledged_by=line(stored.acknowledged_by, NAME),
        untold=sum(not told.told_at for told in stored.notices),
        chain=_shown(chain_of(stored.id, items, now)),
    )


def _notices(stored: Stored) -> list[Notice]:
    """Return what people were told that can be read, the earliest first."""
    found = []
    for told in stored.notices:
        with suppress(NotDelivered):
            found.append(Notice.from_json(told.body))
    return sorted((each for each in found if each.at), key=lambda each: each.at)


def _is_drill(finding: Finding) -> bool:
    return finding.standing is Standing.SAMPLE or replayed.ceiling(finding.event) is not None


def _decided(decision: Decision) -> Decided:
    return Decided(
        at=decision.at,
        by=line(decision.by, NAME),
        action=decision.action,
        via=line(decision.via, NAME),
        reason=line(decision.reason, TEXT),
        result=line(decision.result, TEXT),
        refused=refused(decision),
    )


def _shown(proven: Proven) -> Chain:
    faults = tuple(line(f"{fault.record} {fault.what}", TEXT) for fault in proven.faults)
    return Chain(len(proven.seals), faults, len(proven.waiting))
