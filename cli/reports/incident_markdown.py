"""The report of one incident as Markdown, for tickets and wikis. What an event wrote cannot format, link or embed."""

from __future__ import annotations

from collections.abc import Iterator

from cli.reports.diff import Diff
from cli.reports.incident import IncidentReport
from cli.reports.incident_changes import ChangeSaid
from cli.reports.incident_html import mode, waits
from cli.reports.markdown import bullets, code, fenced, text
from cli.reports.page import between, capitalized, pretty, utc


def render_markdown(report: IncidentReport) -> str:
    """Return the report; a section per question that people ask, in their order."""
    parts = (_head, _next, _timeline, _changes, _undo, _people, _rules, _evidence, _findings)
    return "\n\n".join(block for part in parts for block in part(report)) + "\n"


def _head(r: IncidentReport) -> Iterator[str]:
    sample = " Sample finding." if r.sample else ""
    yield f"# {text(r.title)}"
    yield f"**{capitalized(r.verdict)}**, {r.severity}. {text(r.meaning)}{sample}"
    resources = ", ".join(f"{code(each.id)} ({text(each.kind)})" for each in r.resources)
    yield from bullets(
        ("On", resources),
        ("Account", f"{text(r.account_name)} {code(r.account)}, {text(r.environment)}, {text(r.region)}"),
        ("Changes", text(r.tally)),
        ("Incident", f"{code(r.incident)}, opened {utc(r.opened_at)} UTC"),
    )


def _next(r: IncidentReport) -> Iterator[str]:
    yield "## What to do next"
    if r.look_at:
        yield text(r.look_at)
    if r.commands:
        yield fenced("\n".join(r.commands), "sh")
    yield from bullets(
        ("Waits", text(waits(r))),
        ("Looked into by", text(r.acknowledged_by)),
        ("Held back until", f"{utc(r.snoozed_until)} UTC" if r.snoozed_until else ""),
    )


def _timeline(r: IncidentReport) -> Iterator[str]:
    yield "## Timeline (UTC)"
    yield from bullets(*((e.name, between(e.seconds) if e.seconds is not None else "not known") for e in r.spans))
    lines = []
    for each in r.milestones:
        after = f" (+{between(each.after)})" if each.after else ""
        lines.append(f"1. {utc(each.at)}{after} **{text(each.title)}**")
        lines += [f"   - {text(said)}" for said in each.lines]
        lines += [f"   - and {each.more} more"] if each.more else []
    yield "\n".join(lines)


def _changes(r: IncidentReport) -> Iterator[str]:
    yield "## What was done"
    if not r.changes:
        yield "Nothing was to be changed: people were told."
    for change in r.changes:
        yield f"### {change.number}. {text(change.title)}: {text(change.outcome)}"
        place = f"{text(change.resource.account)} {text(change.resource.region)}"
        yield from bullets(
            ("On", f"{code(change.resource.id)} ({text(change.resource.kind)}) in {place}"),
            ("Why", text(change.reason)),
            ("Impact", text(change.impact)),
            ("Rule", code(change.rule)),
            ("Mode", mode(change)),
            *(("No further than", f"{c.mode}, {text(c.guardrail)}: {text(c.reason)}") for c in change.ceilings),
            ("Holds until", f"{utc(change.holds_until)} UTC" if change.holds_until else ""),
        )
        yield change.differs
        yield from _diff(change.diff)
        yield from _calls(change)


def _diff(found: Diff) -> Iterator[str]:
    if found.lines:
        more = f"\n... and {found.left_out} differences more" if found.left_out else ""
        lines = (f"{each.sign} {each.path + ': ' if each.path else ''}{each.value}" for each in found.lines)
        yield fenced("\n".join(lines) + more, "diff")


def _calls(change: ChangeSaid) -> Iterator[str]:
    lines = []
    for call in change.calls:
        at = f"{utc(call.at, '%H:%M:%S')} " if call.at else ""
        failed = f" **{text(call.error)}**" if call.error else ""
        request = f", request {code(call.request_id)}" if call.request_id else ""
        lines.append(f"- {at}{code(call.operation)}{failed}{request}")
        lines += [f"  - {code(call.parameters)}"] if call.parameters else []
    if lines:
        yield "AWS calls:"
        yield "\n".join(lines)


def _undo(r: IncidentReport) -> Iterator[str]:
    yield "## How to undo it"
    if not r.undo:
        yield "Nothing is changed as it stands: there is nothing to undo."
        return
    yield fenced(r.undo_command, "sh") if r.undo_command else "Nothing of it can be undone."
    for number, step in enumerate(r.undo, 1):
        yield f"{number}\\. {text(step.title)}, on {code(step.resource.id)}" + (
            f": **{text(step.stays)}**" if step.stays else ""
        )
        yield from _diff(step.diff)


def _people(r: IncidentReport) -> Iterator[str]:
    yield "## Who decided, and who was told"
    lines = [
        f"- {utc(e.at)} **{capitalized(e.action)}** by {code(e.by)} via {text(e.via)}"
        + (f" ({e.how})" if e.how else "")
        + (f"; why: {text(e.reason)}" if e.reason else "")
        + (f"; result: {text(e.result)}" if e.result else "")
        for e in r.decisions
    ]
    yield "\n".join(lines) or "Nobody has decided anything about it."
    for asked in r.asked:
        yield f"- Asked {utc(asked.asked_at)}: {asked.state}, {len(asked.by)} of {asked.needed} approvals"
    told = []
    for each in r.notices:
        told.append(f"- {utc(each.at)} {each.kind}: {text(each.headline)}")
        told += [
            f"  - {text(c.name)}: {text(c.said) or ('arrived' if c.arrived else 'not yet')}" for c in each.channels
        ]
    yield "\n".join(told) or "Nobody was told."


def _rules(r: IncidentReport) -> Iterator[str]:
    yield "## Rules, techniques and controls"
    for rule in r.rules:
        yield f"**{text(rule.title)}** ({rule.severity}, {code(rule.id)})"
        named = [f"- ATT&CK {text(each.id)} {text(each.name)} ({text(each.of)})" for each in rule.attack]
        named += [f"- {text(each.of)} {text(each.id)}: {text(each.name)}" for each in rule.controls]
        if named:
            yield "\n".join(named)
    who = r.who
    yield from bullets(
        ("Who", code(who.principal)),
        ("From", code(who.ip)),
        ("With", code(who.user_agent)),
        ("Access key", code(who.access_key)),
        ("MFA", text(who.mfa)),
    )


def _evidence(r: IncidentReport) -> Iterator[str]:
    yield "## Evidence"
    yield f"**{text(r.evidence.said)}**"
    if r.evidence.faults:
        yield "\n".join(f"- {code(fault)}" for fault in r.evidence.faults)
    if r.evidence.seals:
        yield "\n".join(
            f"- seal {s.number}, {utc(s.at)}, {s.records} records: {code(s.hash)}" for s in r.evidence.seals
        )


def _findings(r: IncidentReport) -> Iterator[str]:
    for finding in r.findings:
        yield f"### Finding: {text(finding.title)}"
        yield from bullets(
            ("Source", f"{text(finding.source)} {text(finding.type)}"),
            ("In", f"{text(finding.account)} {text(finding.region)}"),
            ("Seen", f"{utc(finding.first_seen)} to {utc(finding.last_seen)} UTC, {finding.count} times"),
            ("Says", text(finding.description)),
            ("Id", code(finding.id)),
            ("Console", f"<{finding.url}>" if finding.url else ""),
        )
        yield f"<details><summary>The event as it came</summary>\n\n{fenced(pretty(finding.event), 'json')}\n</details>"
    yield f"Written {utc(r.generated_at)} UTC by countermeasure, of what its ledger had then. All times are UTC."
