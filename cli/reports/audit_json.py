"""The audit as JSON, for programs: `cli.reports.audit_report.AuditReport`, field by field.

    {"schema_version": 1, "organization": "o-…", "made_at": …, "since": …, "until": …,
     "incidents": [{"id", "opened_at", "severity", "title", "account", "region", "rules", "verdict", "drill",
                    "changes": […], "failures": […], "questions": […], "decisions": […], "chain": {…}, …}],
     "by_severity" | "by_rule" | "by_account" | "by_environment" | "by_verdict": [{"key", "title", "incidents": [id]}],
     "over": "day" | "week" | "month", "over_time": [{"start", "incidents": {severity: [id]}}],
     "timings": [{"name", "of", "contained": [id], "from_detection": {"count", "mean", "median", "p95", "longest"}, …}],
     "approvals", "deeds", "refusals", "undone", "failed", "would_have", "lowered", "exemptions", "frameworks",
     "evidence": {"chains", "verified": [id], "broken": {id: [fault]}, "digests": [date], "missing": [date], …}}

Times are ISO 8601, UTC, and "" where there is none; durations are seconds, and null where there is none; severities and
modes are their names; every figure has the ids of the incidents behind it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Any

from cli.reports.audit_report import AuditReport


def text(report: AuditReport) -> str:
    """Return the report as one JSON object. `schema_version` counts up when a field goes or means something else."""
    return json.dumps(_plain(report), indent=2) + "\n"


def _plain(value: Any) -> Any:
    """Return dataclasses and mappings as objects, tuples as lists, enumerations by their names or values."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    match value:
        case StrEnum() | date():
            return str(value)
        case Enum():
            return value.name
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
