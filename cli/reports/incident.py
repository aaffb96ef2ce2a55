"""What the report of one incident says: of what the ledger keeps of it, at a moment. Frozen data, made purely.

The JSON report is these dataclasses, field by field. Times are ISO 8601, UTC, "" where there is none; texts are on one
line, bounded, and never escaped: each renderer escapes for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action
from chalicelib.incidents import rules_of
from chalicelib.ledger import Stored
from chalicelib.notify import Notice
from chalicelib.notify.notice import Verdict, Who
from chalicelib.notify.words import meaning
from chalicelib.table import Item
from cli.incident import COMMANDS
from cli.reports.audit_questions import questions
from cli.reports.incident_changes import ChangeSaid, ResourceSaid, said_changes
from cli.reports.incident_evidence import Evidence
from cli.reports.incident_findings import FindingSaid, RuleSaid, said_finding, said_rule
from cli.reports.incident_people import Asked, DecisionSaid, NoticeSaid, asked_of, said_decisions, said_notices
from cli.reports.incident_spans import Span, spans
from cli.reports.incident_timeline import Milestone, milestones
from cli.reports.incident_undo import UndoStep, undo_steps
from cli.reports.page import plain
from infrastructure.names import STAGE

SCHEMA_VERSION = 1

TONES: Mapping[Verdict, str] = {
    Verdict.NOT_CONTAINED: "bad",
    Verdict.NOT_UNDONE: "bad",
    Verdict.NOT_VERIFIED: "warn",
    Verdict.WAITING: "warn",
    Verdict.WOULD_CHANGE: "warn",
    Verdict.HELD_BACK: "warn",
    Verdict.TOLD: "warn",
    Verdict.CONTAINED: "good",
    Verdict.NOTHING_TO_DO: "good",
    Verdict.UNDONE: "calm",
    Verdict.EXPIRED: "calm",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """All that was read of one incident: the record, the raw items it came from, and what is proven of them."""

    stored: Stored
    items: Mapping[str, Item]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """Everything that any report of one incident shows, in the order in which people ask."""

    schema_version: int
    generated_at: str
    incident: str
    opened_at: str
    stage: str
    title: str
    headline: str
    verdict: str
    tone: str
    meaning: str
    tally: str
    severity: str
    sample: bool
    grouped: int
    account: str
    account_name: str
    environment: str
    region: str
    count: int
    resources: tuple[ResourceSaid, ...]
    who: Who
    look_at: str
    commands: tuple[str, ...]
    spans: tuple[Span, ...]
    milestones: tuple[Milestone, ...]
    changes: tuple[ChangeSaid, ...]
    asked: tuple[Asked, ...]
    decisions: tuple[DecisionSaid, ...]
    acknowledged_by: str
    snoozed_until: str
    notices: tuple[NoticeSaid, ...]
    rules: tuple[RuleSaid, ...]
    undo_command: str
    undo: tuple[UndoStep, ...]
    evidence: Evidence
    findings: tuple[FindingSaid, ...]


def report(kept: Kept, notice: Notice, catalogue: Catalogue, now: datetime, stage: str = STAGE) -> IncidentReport:
    """Return the report of an incident. `notice` is its own message as it stands (cli.faces.face)."""
    stored, remediations = kept.stored, catalogue.remediations
    told = said_notices(stored)
    notices = [each.notice for each in told if each.notice]
    asked = questions(stored, kept.items, notices, now)
    changes = said_changes(stored, catalogue, notices)
    undo = undo_steps(stored, remediations)
    return IncidentReport(
        schema_version=SCHEMA_VERSION,
        generated_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        incident=stored.id,
        opened_at=stored.opened_at,
        stage=stage,
        title=notice.rule_title,
        headline=notice.headline,
        verdict=notice.verdict.value,
        tone=TONES[notice.verdict],
        meaning=meaning(notice),
        tally=notice.tally,
        severity=notice.severity.name,
        sample=notice.sample,
        grouped=notice.grouped,
        account=notice.account,
        account_name=notice.account_name,
        environment=notice.environment,
        region=notice.region,
        count=notice.count,
        resources=tuple(ResourceSaid(r.type, r.kind, r.id, r.account, r.region, r.url) for r in notice.resources),
        who=notice.who,
        look_at=notice.look_at,
        commands=_commands(stored.id, notice, stage),
        spans=spans(stored, changes, asked),
        milestones=milestones(stored, changes, asked, [each.said for each in told]),
        changes=changes,
        asked=tuple(asked_of(each) for each in asked),
        decisions=said_decisions(stored),
        acknowledged_by=plain(stored.acknowledged_by, 200),
        snoozed_until=notice.asked.snoozed_until,
        notices=tuple(each.said for each in told),
        rules=tuple(said_rule(each) for each in rules_of(stored.rules, catalogue)),
        undo_command=_at(stage, _undo_command(notice.undo, undo)),
        undo=undo,
        evidence=kept.evidence,
        findings=tuple(said_finding(each) for each in stored.findings),
    )


def _commands(incident: str, notice: Notice, stage: str) -> tuple[str, ...]:
    """Return what can be decided now, as `countermeasure show` gives it; the undo has a place of its own."""
    possible = [Action(each.action) for each in notice.asked.buttons if each.action in COMMANDS]
    return tuple(_at(stage, COMMANDS[each].format(incident)) for each in dict.fromkeys(possible) if each != Action.UNDO)


def _undo_command(command: str, steps: tuple[UndoStep, ...]) -> str:
    """Return the command that takes back what is shown; with --confirm where nothing can go back without it."""
    needed = any(step.confirm for step in steps) and all(step.stays for step in steps)
    return f"{command} --confirm" if command and needed and "--confirm" not in command else command


def _at(stage: str, command: str) -> str:
    return f"{command} --stage {stage}" if command and stage != STAGE else command
