"""What the ledger keeps, as JSON text: findings, changes, approvals and decisions, there and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from chalicelib.decision import Action, Approval, Decision
from chalicelib.model import Actor, Call, Ceiling, Change, Finding, Mode, Outcome, Resource, Severity, Standing
from chalicelib.withheld import withheld

LARGEST_EVENT = 200_000
"""Bytes of an event, in UTF-8, that are kept with its finding: DynamoDB takes items of 400 KB."""

LARGEST_RESOURCES = 100_000
"""Bytes of resources that are kept with their finding. What was done about each is kept with its change."""

_HALF = re.compile("[\ud800-\udfff]")


def finding_text(finding: Finding) -> str:
    """Return the finding as JSON text, without what its event names a secret.

    An event that is too large to keep, or nested too deep, is left out, and that is said.
    """
    actor = finding.actor
    return _text(
        {
            "id": finding.id,
            "revision": finding.revision,
            "source": finding.source,
            "type": finding.type,
            "title": finding.title,
            "description": finding.description,
            "severity": finding.severity.name,
            "account": finding.account,
            "region": finding.region,
            "first_seen": finding.first_seen,
            "last_seen": finding.last_seen,
            "count": finding.count,
            "standing": finding.standing.name,
            "partition": finding.partition,
            "resources": _resources(finding.resources),
            "actor": None if actor is None else {name: getattr(actor, name) for name in Actor.__slots__},
            "event": _event(finding.event),
        }
    )


def _event(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an event as it is kept."""
    try:
        kept: Mapping[str, Any] = withheld(event)
        size = len(_text(kept).encode())
    except RecursionError:
        return {"left out": "nested too deep"}
    return kept if size <= LARGEST_EVENT else {"left out": f"{size} bytes"}


def _resources(resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Return the resources as they are kept: as many, in their order, as there is room for."""
    kept, room = [], LARGEST_RESOURCES
    for resource in resources:
        record = _resource(resource)
        room -= len(_text(record).encode())
        if room < 0:
            break
        kept.append(record)
    return kept


def finding_of(text: str) -> Finding:
    """Return the finding of its JSON text."""
    record = json.loads(text)
    actor = record["actor"]
    return Finding(
        **{
            **record,
            "severity": Severity[record["severity"]],
            "standing": Standing[record["standing"]],
            "resources": tuple(Resource(**resource) for resource in record["resources"]),
            "actor": Actor(**actor) if actor is not None else None,
        }
    )


def change_text(change: Change) -> str:
    """Return the change as JSON text."""
    return _text(
        {
            "id": change.id,
            "incident": change.incident,
            "finding": change.finding,
            "rule": change.rule,
            "remediation": change.remediation,
            "resource": _resource(change.resource),
            "mode": change.mode.name,
            "outcome": change.outcome.name,
            "before": change.before,
            "after": change.after,
            "ceilings": [_ceiling(ceiling) for ceiling in change.ceilings],
            "reason": change.reason,
            "calls": [_call(call) for call in change.calls],
            "digest": change.digest,
            "at": change.at,
            "step": change.step,
            **({"expires_at": change.expires_at} if change.expires_at else {}),
        }
    )


def change_of(text: str) -> Change:
    """Return the change of its JSON text."""
    record = json.loads(text)
    return Change(
        **{
            **record,
            "resource": Resource(**record["resource"]),
            "mode": Mode[record["mode"]],
            "outcome": Outcome[record["outcome"]],
            "ceilings": tuple(Ceiling(c["guardrail"], Mode[c["mode"]], c["reason"]) for c in record["ceilings"]),
            "calls": tuple(Call(**call) for call in record["calls"]),
        }
    )


def approval_text(approval: Approval) -> str:
    """Return what waits for people as JSON text; equal ones are the same text."""
    return _text({**_fields(approval), "votes": dict(sorted(approval.votes.items()))})


def approval_of(text: str) -> Approval:
    """Return the approval of its JSON text."""
    record = json.loads(text)
    return Approval(**{**record, "of": Action(record["of"]), "changes": tuple(record["changes"])})


def decision_text(decision: Decision) -> str:
    """Return the decision as JSON text."""
    return _text(_fields(decision))


def decision_of(text: str) -> Decision:
    """Return the decision of its JSON text."""
    record = json.loads(text)
    return Decision(**{**record, "action": Action(record["action"])})


def _fields(record: Approval | Decision) -> dict[str, Any]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "type": resource.type,
        "id": resource.id,
        "account": resource.account,
        "region": resource.region,
        "partition": resource.partition,
        "seen": resource.seen,
        "details": dict(resource.details),
    }


def _ceiling(ceiling: Ceiling) -> dict[str, str]:
    return {"guardrail": ceiling.guardrail, "mode": ceiling.mode.name, "reason": ceiling.reason}


def _call(call: Call) -> dict[str, Any]:
    return {
        "operation": call.operation,
        "parameters": dict(call.parameters),
        "request_id": call.request_id,
        "error": call.error,
        **({"at": call.at} if call.at else {}),
    }


def _text(value: Mapping[str, Any]) -> str:
    """Return JSON that can be written as UTF-8: half of a surrogate pair only can be by its number."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
