"""Read Security Hub findings in OCSF (`Findings Imported V2`: one finding per event)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.findings import reading
from chalicelib.findings.reading import at, entries, first, text
from chalicelib.findings.resources import ASFF_TYPES, unique
from chalicelib.findings.where import Where, principal_type
from chalicelib.model import Actor, Finding, Resource, Severity, Standing

_ONE = "detail.findings.0"
_SEVERITIES = {
    "1": Severity.INFORMATIONAL,
    "2": Severity.LOW,
    "3": Severity.MEDIUM,
    "4": Severity.HIGH,
    "5": Severity.CRITICAL,
    "6": Severity.CRITICAL,
}
"""OCSF `severity_id`: 6 is Fatal; 0 (Unknown) and 99 (Other) say nothing."""


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return one finding for each entry of `detail.findings`. Raises MalformedEvent.

    The id is `finding_info.uid`, which equals the ASFF `Id` where both hubs tell of one issue. The type is
    `compliance.control` (`S3.1`), else `finding_info.types[0]`, else `metadata.event_code`, else `class_name`.
    """
    return tuple(_finding(one) for one in reading.one_each(event))


def _finding(event: Mapping[str, Any]) -> Finding:
    ocsf = at(event, _ONE)
    region = reading.region(event, f"{_ONE}.cloud.region", "region")
    modified = ("finding_info.modified_time_dt", "finding_info.modified_time", "time_dt", "time")
    where = Where(
        account=reading.account(event, f"{_ONE}.cloud.account.uid"),
        region=region,
        partition=reading.known_partition(first(ocsf, "cloud.cloud_partition", "resources.0.cloud_partition"), region),
        seen=reading.when(ocsf, "finding_info.last_seen_time_dt", "finding_info.last_seen_time", *modified)
        or reading.when(event, "time"),
    )
    kind = first(ocsf, "compliance.control", "finding_info.types.0", "metadata.event_code")
    kind = kind or reading.required(event, f"{_ONE}.class_name", 200)
    created = ("finding_info.first_seen_time_dt", "finding_info.first_seen_time", "finding_info.created_time_dt")
    return Finding(
        id=reading.required(event, f"{_ONE}.finding_info.uid"),
        revision="/".join((first(ocsf, *modified), text(ocsf, "status_id"), text(ocsf, "compliance.status"))),
        source="securityhub",
        type=kind,
        title=text(ocsf, "finding_info.title") or kind,
        description=first(ocsf, "finding_info.desc", "message", limit=reading.DESCRIPTION),
        severity=_severity(ocsf),
        account=where.account,
        region=where.region,
        first_seen=reading.when(ocsf, *created, "finding_info.created_time") or where.seen,
        last_seen=where.seen,
        event=event,
        count=reading.count(ocsf, "count"),
        standing=_standing(ocsf),
        partition=where.partition,
        resources=unique(_resource(item, where) for item in entries(ocsf, "resources")),
        actor=_actor(ocsf),
    )


def _severity(ocsf: object) -> Severity:
    """Return the severity by its id, else by its word; MEDIUM when the finding gives neither."""
    worded = reading.worded(text(ocsf, "severity"))
    return _SEVERITIES.get(text(ocsf, "severity_id"), Severity.MEDIUM if worded is None else worded)


def _standing(ocsf: object) -> Standing:
    """Return where the finding stands, by `activity_id` (3: closed), `status_id` and `compliance.status`.

    `status_id`: 1 new, 2 in progress, 3 suppressed, 4 resolved, 5 archived (OCSF; Security Hub sets 5 so).
    """
    status = text(ocsf, "status_id")
    if text(ocsf, "finding_info.title").startswith("[SAMPLE]"):
        return Standing.SAMPLE
    if status == "5" or text(ocsf, "activity_id") == "3":
        return Standing.ARCHIVED
    if status == "3":
        return Standing.SUPPRESSED
    if status == "4" or text(ocsf, "compliance.status").upper() in {"PASS", "PASSED"}:
        return Standing.PASSED
    return Standing.ACTIVE


def _resource(item: Mapping[str, Any], where: Where) -> Resource | None:
    """Return what one entry of `resources` names; its type is a CloudFormation one, or ASFF's."""
    kind = text(item, "type")
    kind = ASFF_TYPES.get(kind, kind)
    raws = (item.get("uid"), item.get("uid_alt"))
    if not kind.startswith("AWS::"):
        return next((found for raw in raws if (found := where.of_arn(raw))), None)
    return where.resource(kind, *raws, account=text(item, "owner.account.uid"), region=text(item, "region"))


def _actor(ocsf: object) -> Actor | None:
    """Return the principal and address of the first evidence that names one."""
    for evidence in entries(ocsf, "evidences"):
        user = at(evidence, "actor.user")
        actor = Actor(
            type=principal_type(text(user, "type")),
            name=text(user, "name"),
            account=text(user, "account.uid"),
            access_key_id=text(user, "credential_uid"),
            issuer_arn=text(evidence, "actor.session.issuer", 512),
            ip=text(evidence, "src_endpoint.ip"),
        )
        if actor != Actor():
            return actor
    return None
