"""Read an Inspector finding (`Inspector2 Finding`): a vulnerability in an instance, a function or an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.findings import reading
from chalicelib.findings.reading import at, entries, text
from chalicelib.findings.resources import unique
from chalicelib.findings.where import Where
from chalicelib.model import Finding, Severity, Standing

_TYPES = {"AWS_EC2_INSTANCE": "AWS::EC2::Instance", "AWS_LAMBDA_FUNCTION": "AWS::Lambda::Function"}
"""Inspector API, ResourceType. Container images and code repositories are nothing that we could act on."""

_STANDINGS = {"ACTIVE": Standing.ACTIVE, "SUPPRESSED": Standing.SUPPRESSED, "CLOSED": Standing.PASSED}


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the one finding of the event. Raises MalformedEvent."""
    detail = reading.detail(event)
    kind = reading.required(event, "detail.type", 200)
    severity = reading.worded(text(detail, "severity"))
    region = reading.region(event, "detail.resources.0.region", "region")
    where = Where(
        account=reading.account(event, "detail.awsAccountId"),
        region=region,
        partition=reading.known_partition(text(detail, "resources.0.partition"), region),
        seen=reading.when(event, "detail.lastObservedAt", "detail.updatedAt", "time"),
    )
    return (
        Finding(
            id=reading.required(event, "detail.findingArn"),
            revision=f"{text(detail, 'updatedAt')}/{text(detail, 'status')}",
            source="inspector",
            type=kind,
            title=text(detail, "title") or kind,
            description=text(detail, "description", reading.DESCRIPTION),
            severity=Severity.MEDIUM if severity is None else severity,
            account=where.account,
            region=region,
            first_seen=reading.when(detail, "firstObservedAt") or where.seen,
            last_seen=where.seen,
            event=event,
            standing=_STANDINGS.get(text(detail, "status"), Standing.ACTIVE),
            partition=where.partition,
            resources=unique(
                where.resource(_TYPES[found], at(item, "id"), region=text(item, "region"))
                for item in entries(detail, "resources")
                if (found := text(item, "type")) in _TYPES
            ),
        ),
    )
