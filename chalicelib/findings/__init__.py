"""Turn an EventBridge event into findings: one module per source, one finding per thing that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.model import Finding, Mode
from chalicelib.replayed import ceiling

_PARSERS: dict[tuple[str, str], str] = {
    ("aws.guardduty", "GuardDuty Finding"): "guardduty",
    ("aws.securityhub", "Security Hub Findings - Imported"): "securityhub",
    ("aws.securityhub", "Security Hub Findings - Custom Action"): "securityhub",
    ("aws.securityhub", "Findings Imported V2"): "ocsf",
    ("aws.config", "Config Rules Compliance Change"): "config",
    ("aws.health", "AWS Health Event"): "health",
    ("aws.health", "AWS Health Abuse Event"): "health",
    ("aws.access-analyzer", "Access Analyzer Finding"): "accessanalyzer",
    ("aws.macie", "Macie Finding"): "macie",
    ("aws.inspector2", "Inspector2 Finding"): "inspector",
}
_NOTHING = {
    ("aws.securityhub", "Security Hub Insight Results"): " (it carries counts, no findings)",
    ("aws.macie", "Macie Alert"): " (of Macie Classic, which AWS has retired)",
}
_CLOUDTRAIL = {
    "AWS API Call via CloudTrail",
    "AWS Service Event via CloudTrail",
    "AWS Console Sign In via CloudTrail",
    "AWS Console Signin via CloudTrail",
    "AWS Console Action via CloudTrail",
}
"""EventBridge reference, "Events from AWS services": the sign-in event is spelled both ways in AWS's own pages."""


def parse(event: object) -> tuple[Finding, ...]:
    """Return the findings of one EventBridge envelope.

    Raises MalformedEvent when an event of a kind we know lacks what that kind always has (the path and the reason are
    in the text), NotSecurityEvent when it is of a kind that says nothing about security.
    """
    if not isinstance(event, Mapping):
        raise MalformedEvent("the event is not a JSON object")
    source, detail_type = event.get("source"), event.get("detail-type")
    if not isinstance(source, str) or not isinstance(detail_type, str):
        raise MalformedEvent("source or detail-type is missing: this is no EventBridge event")
    if not (module := parser_of(source, detail_type)):
        because = _NOTHING.get((source, detail_type), "")
        raise NotSecurityEvent(f"not a security event: {shown(source)} {shown(detail_type)}{because}")
    findings: tuple[Finding, ...] = import_module(f"chalicelib.findings.{module}").parse(event)
    return tuple(_apart(finding, event) for finding in findings)


def _apart(finding: Finding, event: Mapping[str, Any]) -> Finding:
    """Keep a replay that may go less far apart from the event itself, which is to be answered in full afterwards."""
    said = ceiling(event)
    if said is None or said[0] is Mode.ENFORCE:
        return finding
    return replace(finding, revision=f"{finding.revision} replayed to {said[0].name.lower()}")


def parser_of(source: str, detail_type: str) -> str:
    """Return the name of the module that reads this kind of event, empty when there is none."""
    if detail_type in _CLOUDTRAIL and source.startswith("aws."):
        return "cloudtrail"
    return _PARSERS.get((source, detail_type), "")


def shown(text: str) -> str:
    """Return hostile text as it can stand in one line of an error."""
    return "".join(character for character in text[:100] if character.isprintable())
