"""The report of one incident as JSON, for programs: `cli.reports.incident.IncidentReport`, field by field."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from cli.reports.incident import IncidentReport


def render_json(report: IncidentReport) -> str:
    """Return the report as one JSON object. `schema_version` counts up when a field goes or means something else."""
    return json.dumps(_plain(report), indent=2, default=str) + "\n"


def _plain(value: Any) -> Any:
    """Return dataclasses as objects and tuples as lists."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
