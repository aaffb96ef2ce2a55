"""Read what AWS Health tells of an account's security: exposed credentials, abuse reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.errors import NotSecurityEvent
from chalicelib.findings import reading
from chalicelib.findings.reading import clean, entries, first, text
from chalicelib.findings.resources import unique
from chalicelib.findings.where import Where
from chalicelib.model import Finding, Resource, Severity, Standing

_SERVICES = {"RISK": Severity.CRITICAL, "ABUSE": Severity.HIGH, "SECURITY": Severity.HIGH}
"""The services of AWS Health that speak of security. Health itself gives no severity."""


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return one finding that holds every affected entity as a resource. Raises MalformedEvent, NotSecurityEvent.

    `AWS_RISK_CREDENTIALS_EXPOSED` and its siblings name access keys. The account is `detail.affectedAccount` where
    Health sends it (organizational view), else the envelope's, to which Health sends events of that account.
    """
    detail = reading.detail(event)
    kind = reading.required(event, "detail.eventTypeCode", 200)
    severity = _SERVICES.get(text(detail, "service")) or _SERVICES.get((kind + "__").split("_")[1])
    if severity is None:
        raise NotSecurityEvent(f"not a security event: aws.health {kind}")
    account = reading.account(event, "detail.affectedAccount", "account")
    region = reading.region(event, "region")
    seen = reading.when(event, "detail.lastUpdatedTime", "time", "detail.startTime")
    where = Where(account, region, reading.partition(region), seen)
    # One identifier serves all accounts that a public event touches.
    identity = f"{reading.required(event, 'detail.eventArn')}/{account}"
    return (
        Finding(
            id=identity,
            revision="/".join(first(detail, path) for path in ("lastUpdatedTime", "endTime", "statusCode")),
            source="health",
            type=kind,
            title=clean(f"{kind} in {account}", reading.TITLE),
            description=text(detail, "eventDescription.0.latestDescription", reading.DESCRIPTION),
            severity=severity,
            account=account,
            region=region,
            first_seen=reading.when(detail, "startTime") or seen,
            last_seen=seen,
            event=event,
            standing=Standing.PASSED if text(detail, "statusCode") == "closed" else Standing.ACTIVE,
            partition=where.partition,
            resources=unique(_resources(detail, where)),
        ),
    )


def _resources(detail: Mapping[str, Any], where: Where) -> Iterator[Resource | None]:
    """Yield each affected entity: an access key with its user where the metadata has it, or what an ARN names."""
    affected = entries(detail, "affectedEntities")
    for entity in affected:
        raw = entity.get("entityValue")
        owners = ["entityMetadata.userName", "metadata.userName"]
        user = first(entity, *owners) or (text(detail, "eventMetadata.userName") if len(affected) == 1 else "")
        key = where.resource("AWS::IAM::AccessKey", raw, details={"user": user} if user else None)
        yield key or where.of_arn(raw)
        if key and user:
            yield where.resource("AWS::IAM::User", user)
