"""The protection plans of GuardDuty that a recorded UpdateDetector call switches off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.findings.reading import at, entries, text

_FEATURE = re.compile(r"[A-Z0-9_]{3,64}", re.ASCII)
_DATA_SOURCES = {
    "s3Logs.enable": "S3_DATA_EVENTS",
    "kubernetes.auditLogs.enable": "EKS_AUDIT_LOGS",
    "malwareProtection.scanEc2InstanceWithFindings.ebsVolumes": "EBS_MALWARE_PROTECTION",
}
"""What plans were called before they were features (GuardDuty API reference, DataSourceConfigurations)."""


def switched_off(event: Mapping[str, Any]) -> str:
    """Return the names of the plans that the call switches off, with spaces between; empty where it names none."""
    asked = at(event, "detail.requestParameters")
    features = [each for each in entries(asked, "features") if text(each, "status") == "DISABLED"]
    named = [name for each in features if _FEATURE.fullmatch(name := text(each, "name"))]
    older = [name for path, name in _DATA_SOURCES.items() if at(asked, f"dataSources.{path}") is False]
    return " ".join(sorted({*named, *older}))
