"""Where moto's GuardDuty differs from AWS in what remediations rely on: a detector's features."""

from __future__ import annotations

from typing import Any

from moto.guardduty.models import Detector as MotoDetector

# Typed as Any: what it holds is replaced.
Detector: Any = MotoDetector

_moto_update = Detector.update
_moto_to_json = Detector.to_json

AT_FIRST = {
    **dict.fromkeys(("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"), "ENABLED"),
    **dict.fromkeys(("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION"), "ENABLED"),
    **dict.fromkeys(("RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS"), "ENABLED"),
    **dict.fromkeys(("EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING"), "DISABLED"),
}
"""What a new detector has (GuardDuty User Guide, "Getting started": all plans but Runtime Monitoring)."""


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    Detector.update = _update
    Detector.to_json = _to_json


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    Detector.update = _moto_update
    Detector.to_json = _moto_to_json


def _update(detector: Any, enable: Any, frequency: Any, sources: Any, features: Any) -> None:
    """A feature that a call does not name stays as it is; moto forgets it."""
    merged = {**_by_name(detector.features), **_by_name(features or [])}
    _moto_update(detector, enable, frequency, sources, [{"name": n, "status": s} for n, s in merged.items()])


def _to_json(detector: Any) -> dict[str, Any]:
    """A detector tells of all its features; moto only of those that somebody named."""
    now = {**AT_FIRST, **_by_name(detector.features)}
    told: dict[str, Any] = _moto_to_json(detector)
    return {**told, "features": [{"name": name, "status": status} for name, status in now.items()]}


def _by_name(features: Any) -> dict[str, str]:
    return {each["name"]: each["status"] for each in features}
