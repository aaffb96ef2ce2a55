"""Spell a GuardDuty finding of the API (`GetFindings`, boto3: PascalCase) as EventBridge spells it (camelCase)."""

from __future__ import annotations

from typing import Any

_RENAMED = {
    "TaskCreatedAt": "createdAt",
    "SourceIps": "sourceIPs",
    "LoginAttributes": "LoginAttributes",
    "Latitude": "lat",
    "Longitude": "lon",
}
"""Where the name on the wire is another one (botocore, guardduty service model, `locationName`)."""

_MAPS = {"AffectedResources", "Profiles", "Behavior"}
"""Objects whose keys are data (`AWS::S3::Bucket`), not names."""


def as_event_detail(finding: dict[str, Any]) -> dict[str, Any]:
    """Return the finding as the `detail` of its event. The caller bounds how deep it may be nested."""
    return {_spelled(name): value if name in _MAPS else _within(value) for name, value in finding.items()}


def _within(value: Any) -> Any:
    if isinstance(value, dict):
        return as_event_detail(value)
    return [_within(item) for item in value] if isinstance(value, list) else value


def _spelled(name: str) -> str:
    return _RENAMED.get(name) or name[:1].lower() + name[1:]
