"""Compose what people are told of an incident: what happened, whether it is contained, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chalicelib.model import Actor, Change, Incident, Outcome, Remediation, Resource, Response, Standing
from chalicelib.notify import links, states, verdicts, words
from chalicelib.notify.escape import line
from chalicelib.notify.notice import Asked, ChangeLine, DecisionLine, Kind, Notice, ResourceLine, Who
from chalicelib.undoing import HOLDS, touched

_LEFT = frozenset({Outcome.KEPT, Outcome.DRIFTED, Outcome.UNDOING})
"""Outcomes of an undo that leave the change in place, wholly or as far as is known."""

_DONE = _LEFT | {Outcome.CONTAINED, Outcome.UNVERIFIED, Outcome.UNDONE}
_SETTLED = _DONE | {Outcome.COMPLIANT, Outcome.GONE}
"""Outcomes after which nobody asks why it did not go further."""

_FELT = frozenset({Outcome.CONTAINED, Outcome.UNVERIFIED, Outcome.INTENDED, Outcome.AWAITING, Outcome.OBSERVED})
"""Outcomes whose impact people feel, or would feel."""

_NAME, _TEXT, _STATE = 256, 500, 400
"""Characters kept of a name, a sentence and a state: a notice stays far below what a DynamoDB item may hold."""

_MOST = 30
"""Lines kept of each list."""

_NOTHING_ASKED = Asked()


def compose(
    incident: Incident,
    *,
    remediations: Mapping[str, Remediation],
    account_name: str,
    environment: str,
    kind: str,
    notice_id: str,
    at: str = "",
    asked: Asked = _NOTHING_ASKED,
    to: str = "",
    grouped: int = 0,
) -> Notice:
    """Return the notice of an incident as it stands. Pure; `kind` is a value of Kind, `at` when it is composed.

    `asked` is what people can decide and have decided, `to` the Slack user of a question, `grouped` the number of
    incidents of this rule in this account that the one notice stands for. A change whose remediation is no longer in
    the catalogue is shown by the remediation's id. Where several rules answered, the severest one gives the title.
    Raises ValueError for a kind that is none.
    """
    finding, responses = incident.finding, incident.responses
    main = max(responses, key=lambda response: response.rule.severity, default=None)
    changes = verdicts.worst_first(incident.changes)
    verdict = verdicts.of(changes)
    resources = _resources(incident)
    title = line(main.rule.title if main else finding.title, _NAME)
    named = line(account_name, _NAME) or finding.account
    sample = finding.standing is Standing.SAMPLE
    lead = words.lead(verdict, Kind(kind), sample=sample, grouped=grouped)
    return Notice(
        id=notice_id,
        incident=incident.id,
        kind=Kind(kind),
        headline=_headline(lead, title, () if grouped else resources, f"{line(named, 32)}, {line(finding.region, 16)}"),
        verdict=verdict,
        severity=max([finding.severity, *(response.rule.severity for response in responses)]),
        source=line(finding.source, _NAME),
        rule=main.rule.id if main else "",
        rule_title=title,
        account=line(finding.account, _NAME),
        account_name=named,
        environment=line(environment, _NAME),
        region=line(finding.region, _NAME),
        first_seen=line(incident.first_seen or finding.first_seen, _NAME),
        last_seen=line(incident.last_seen or finding.last_seen, _NAME),
        count=incident.count,
        finding_type=line(finding.type, _NAME),
        sample=sample,
        tally=_tally(changes),
        resources=tuple(_resource_line(each) for each in resources[:_MOST]),
        who=_who(finding.actor),
        changes=tuple(_change_line(each, remediations) for each in changes[:_MOST]),
        left_out=max(0, len(changes) - _MOST),
        ceilings=_unique(_ceilings(responses)),
        attack=_unique(technique for response in responses for technique in response.rule.attack),
        look_at=line(" ".join(_what_next(incident)), 2 * _TEXT),
        undo=_undo(incident.id, changes, remediations),
        finding_url=links.of_finding(finding),
        at=line(at, _NAME),
        asked=_asked(asked),
        to=line(to, _NAME),
        grouped=grouped,
    )


def _headline(lead: str, title: str, resources: tuple[Resource, ...], place: str) -> str:
    """Return `Contained: EC2 instance is mining · i-0abc in shop-prod, eu-west-1`, at most 150 characters.

    Every part is bounded, so that a long name pushes neither the verdict nor the place out.
    """
    more = f" and {len(resources) - 1} more" if len(resources) > 1 else ""
    what = f" · {line(resources[0].id, 30)}{more}" if resources else ""
    end = f"{what} in {place}"
    return line(f"{lead}{line(title, 150 - len(lead) - len(end))}{end}", 150)


def _resources(incident: Incident) -> tuple[Resource, ...]:
    """Return each resource once: those that something was done about first, then what else the finding names."""
    once: dict[str, Resource] = {}
    for resource in (*(change.resource for change in incident.changes), *incident.finding.resources):
        once.setdefault(resource.key, resource)
    return tuple(once.values())


def _resource_line(resource: Resource) -> ResourceLine:
    return ResourceLine(
        type=line(resource.type, _NAME),
        id=line(resource.id, _NAME),
        account=line(resource.account, _NAME),
        region=line(resource.region, _NAME),
        url=links.of_resource(resource),
    )


def _asked(asked: Asked) -> Asked:
    """Return what is asked with every text that a person wrote on one line, and bounded."""
    return Asked(
        buttons=tuple(replace(each, ask=line(each.ask, _TEXT)) for each in asked.buttons[:_MOST]),
        expires=line(asked.expires, _NAME),
        needed=asked.needed,
        approved_by=tuple(line(each, _NAME) for each in asked.approved_by[:_MOST]),
        requester=line(asked.requester, _NAME),
        acknowledged_by=line(asked.acknowledged_by, _NAME),
        snoozed_until=line(asked.snoozed_until, _NAME),
        decisions=tuple(_decision(each) for each in asked.decisions[-_MOST:]),
    )


def _decision(made: DecisionLine) -> DecisionLine:
    return DecisionLine(
        at=line(made.at, _NAME),
        by=line(made.by, _NAME),
        action=line(made.action, _NAME),
        reason=line(made.reason, _TEXT),
        result=line(made.result, _TEXT),
    )


def _who(actor: Actor | None) -> Who:
    if actor is None:
        return Who()
    return Who(
        principal=line(actor.arn or actor.name or actor.type, _NAME),
        ip=line(actor.ip, _NAME),
        user_agent=line(actor.user_agent, _NAME),
        access_key=line(actor.access_key_id, _NAME),
        mfa=line(actor.mfa, _NAME),
    )


def _change_line(change: Change, remediations: Mapping[str, Remediation]) -> ChangeLine:
    remediation = remediations.get(change.remediation)
    undone = change.outcome is Outcome.UNDONE
    was, becomes = (change.after, change.before) if undone else (change.before, change.after)
    before, after = states.difference(was, becomes)
    return ChangeLine(
        remediation=change.remediation,
        title=remediation.title if remediation else change.remediation,
        resource_type=line(change.resource.type, _NAME),
        resource_id=line(change.resource.id, _NAME),
        before=line(before, _STATE),
        after=line(after, _STATE),
        outcome=change.outcome.value,
        done=change.outcome in _DONE,
        reason=line(change.reason, _TEXT),
        impact=remediation.impact if remediation and change.outcome in _FELT else "",
        undo=_before_undo(remediation) if remediation and touched(change) and change.outcome not in _LEFT else "",
        until=line(change.expires_at, _NAME) if change.outcome in HOLDS else "",
    )


def _before_undo(remediation: Remediation) -> str:
    """Return what to know before undoing this, or nothing."""
    if remediation.irreversible:
        return f"Cannot be undone: {remediation.irreversible}"
    return f"Undo needs a confirmation: {remediation.confirm_undo}" if remediation.confirm_undo else ""


def _ceilings(responses: Iterable[Response]) -> Iterator[str]:
    """Yield why countermeasure did not go further, for whole rules and for single changes."""
    for response in responses:
        if response.changes and all(change.outcome in _SETTLED for change in response.changes):
            continue
        for ceiling in (*response.ceilings, *(each for change in response.changes for each in change.ceilings)):
            yield line(ceiling.reason, _TEXT)


def _what_next(incident: Incident) -> tuple[str, ...]:
    """Return what to look at next; what no rule has found says that itself, as what countermeasure says of itself."""
    if not incident.responses:
        return (incident.finding.description,)
    return _unique(response.rule.look_at for response in incident.responses)


def _tally(changes: Iterable[Change]) -> str:
    """Return how many changes came to what, worst first: `1 failed, 2 contained`."""
    counted = Counter(change.outcome.value for change in changes)
    return ", ".join(f"{number} {outcome}" for outcome, number in counted.items())


def _undo(incident: str, changes: Iterable[Change], remediations: Mapping[str, Remediation]) -> str:
    """Return the command that takes back what was changed; nothing when nothing was, or nothing of it can be."""
    possible = []
    for change in changes:
        remediation = remediations.get(change.remediation)
        if touched(change) and not (remediation and remediation.irreversible):
            possible.append(change.outcome)
    wishes = {Outcome.KEPT: " --confirm", Outcome.DRIFTED: " --force"}
    wished = "".join(wish for outcome, wish in wishes.items() if outcome in possible)
    return f"countermeasure undo {incident}{wished}" if possible else ""


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))[:_MOST]
