"""Read a Macie finding (`Macie Finding`): sensitive data in a bucket, or a bucket's policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.findings import reading
from chalicelib.findings.reading import at, flag, text
from chalicelib.findings.where import Where
from chalicelib.model import Finding, Severity, Standing


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the one finding of the event. Raises MalformedEvent. Macie user guide, "EventBridge event schema"."""
    detail = reading.detail(event)
    region = reading.region(event, "detail.region", "region")
    kind = reading.required(event, "detail.type", 200)
    severity = reading.worded(text(detail, "severity.description"))
    where = Where(
        account=reading.account(event, "detail.accountId"),
        region=region,
        partition=reading.known_partition(text(detail, "partition"), region),
        seen=reading.when(event, "detail.updatedAt", "time"),
    )
    bucket = "resourcesAffected.s3Bucket"
    resource = where.resource("AWS::S3::Bucket", at(detail, f"{bucket}.name"), at(detail, f"{bucket}.arn"))
    return (
        Finding(
            id=reading.required(event, "detail.id"),
            revision=f"{text(detail, 'updatedAt')}/{reading.count(detail, 'count')}",
            source="macie",
            type=kind,
            title=text(detail, "title") or kind,
            description=text(detail, "description", reading.DESCRIPTION),
            severity=Severity.MEDIUM if severity is None else severity,
            account=where.account,
            region=region,
            first_seen=reading.when(detail, "createdAt") or where.seen,
            last_seen=where.seen,
            event=event,
            count=reading.count(detail, "count"),
            standing=_standing(detail),
            partition=where.partition,
            resources=(resource,) if resource else (),
        ),
    )


def _standing(detail: Mapping[str, Any]) -> Standing:
    if flag(detail, "sample"):
        return Standing.SAMPLE
    return Standing.ARCHIVED if flag(detail, "archived") else Standing.ACTIVE
