"""Fakes Security Hub's BatchUpdateFindings, and the filters of GetFindings; moto keeps findings and no more."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from moto.securityhub import urls
from moto.securityhub.models import Finding, securityhub_backends
from moto.securityhub.responses import SecurityHubResponse

Responses: Any = SecurityHubResponse

_FILTERED = {"Id": ("Id",), "WorkflowStatus": ("Workflow", "Status")}


def apply() -> None:
    """Add the calls to this process's moto; once more does no harm."""
    Responses.batch_update_findings = _update
    Responses.get_findings = _get
    urls.url_paths["{0}/findings/batchupdate$"] = SecurityHubResponse.dispatch


def have(account: str, region: str, asff: Mapping[str, Any]) -> None:
    """Have Security Hub know a finding as an event tells of it."""
    backend = securityhub_backends[account][region]
    backend.enabled = True
    kept = [each for each in backend.findings if each.id != asff["Id"]]
    backend.findings = [*kept, Finding(str(asff["Id"]), copy.deepcopy(dict(asff)))]


def _get(response: Any) -> str:
    filters = response._get_param("Filters") or {}
    found = [each.as_dict() for each in response.securityhub_backend.findings]
    return json.dumps({"Findings": [each for each in found if all(_passes(each, *one) for one in filters.items())]})


def _passes(finding: Mapping[str, Any], name: str, wanted: list[dict[str, str]]) -> bool:
    value: Any = finding
    for key in _FILTERED[name]:
        value = value.get(key) or {}
    return value in [each["Value"] for each in wanted]


def _update(response: Any) -> str:
    known = {each.id: each.data for each in response.securityhub_backend.findings}
    named = response._get_param("FindingIdentifiers")
    note, workflow = response._get_param("Note"), response._get_param("Workflow")
    for each in named:
        if each["Id"] in known:
            known[each["Id"]] |= {"Workflow": workflow, "WorkflowState": workflow["Status"]}
            known[each["Id"]] |= {"Note": {**note, "UpdatedAt": "2026-08-01T12:00:00.000Z"}} if note else {}
    unknown = [
        {"FindingIdentifier": each, "ErrorCode": "FindingNotFound", "ErrorMessage": "Finding Not Found"}
        for each in named
        if each["Id"] not in known
    ]
    return json.dumps({"ProcessedFindings": [e for e in named if e["Id"] in known], "UnprocessedFindings": unknown})
