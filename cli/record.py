"""What became of a replayed event as JSON, for programs: states, calls and notices as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chalicelib.model import Ceiling, Change, Incident

if TYPE_CHECKING:
    from cli.rehearsal import Played


def record(played: Played) -> dict[str, Any]:
    """Return one JSON object of an event. Ids are those of the lab; `mapped` says which stand for the event's."""
    return {
        "file": played.file,
        "kind": played.kind,
        "reason": played.reason,
        "mapped": dict(played.mapped),
        "missing": dict(played.missing),
        "incidents": [_incident(incident) for incident in played.incidents],
        "notices": [
            {
                "channels": list(each.channels),
                "text": each.text,
                **({"securityhub": each.source} if each.source else {}),
            }
            for each in played.notices
        ],
        "undone": [{"change": each.change.id, "back": each.back} for each in played.restored],
    }


def _incident(incident: Incident) -> dict[str, Any]:
    finding = incident.finding
    return {
        "id": incident.id,
        "finding": {"id": finding.id, "source": finding.source, "type": finding.type, "title": finding.title},
        "account": finding.account,
        "region": finding.region,
        "rules": [
            {
                "id": response.rule.id,
                "mode": response.mode.name.lower(),
                "ceilings": ceiling_records(response.ceilings),
            }
            for response in incident.responses
        ],
        "changes": [change_record(change) for change in incident.changes],
    }


def change_record(change: Change) -> dict[str, Any]:
    """Return a change as JSON, with its states and its AWS calls as they are."""
    return {
        "id": change.id,
        "rule": change.rule,
        "remediation": change.remediation,
        "resource": {
            "type": change.resource.type,
            "id": change.resource.id,
            "account": change.resource.account,
            "region": change.resource.region,
        },
        "mode": change.mode.name.lower(),
        "outcome": change.outcome.value,
        "reason": change.reason,
        "expires_at": change.expires_at,
        "before": change.before,
        "after": change.after,
        "calls": [
            {
                "operation": call.operation,
                "parameters": dict(call.parameters),
                "request_id": call.request_id,
                "error": call.error,
            }
            for call in change.calls
        ],
    }


def ceiling_records(ceilings: Iterable[Ceiling]) -> list[dict[str, str]]:
    """Return what guardrails said as JSON."""
    return [{"guardrail": each.guardrail, "mode": each.mode.name.lower(), "reason": each.reason} for each in ceilings]
