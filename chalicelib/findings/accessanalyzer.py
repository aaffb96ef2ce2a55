"""Read what IAM Access Analyzer finds shared outside (`Access Analyzer Finding`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.findings import reading
from chalicelib.findings.reading import at, clean, flag, text
from chalicelib.findings.where import Where
from chalicelib.model import Finding, Severity, Standing

_STANDINGS = {"ACTIVE": Standing.ACTIVE, "ARCHIVED": Standing.ARCHIVED, "RESOLVED": Standing.PASSED}


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the one finding of the event. Raises MalformedEvent.

    The type is the resource's type. Access Analyzer gives no severity: HIGH when the resource is public, else MEDIUM.
    The account is the resource owner's, which an organization's analyzer names beside its own.
    """
    detail = reading.detail(event)
    region = reading.region(event, "detail.region", "region")
    kind = reading.required(event, "detail.resourceType", 128)
    name = reading.required(event, "detail.resource", 2048)
    public = flag(detail, "isPublic")
    where = Where(
        account=reading.account(event, "detail.resourceOwnerAccount", "detail.accountId"),
        region=region,
        partition=reading.partition(region),
        seen=reading.when(event, "detail.updatedAt", "detail.analyzedAt", "time"),
    )
    resource = where.resource(kind, at(detail, "resource"))
    status = text(detail, "status")
    return (
        Finding(
            id=reading.required(event, "detail.id"),
            revision=f"{text(detail, 'updatedAt')}/{status}",
            source="accessanalyzer",
            type=kind,
            title=clean(f"{name} is {'public' if public else 'shared outside'}", reading.TITLE),
            description=_shared(detail),
            severity=Severity.HIGH if public else Severity.MEDIUM,
            account=where.account,
            region=region,
            first_seen=reading.when(detail, "createdAt") or where.seen,
            last_seen=where.seen,
            event=event,
            standing=Standing.PASSED if flag(detail, "isDeleted") else _STANDINGS.get(status, Standing.ACTIVE),
            partition=where.partition,
            resources=(resource,) if resource else (),
        ),
    )


def _shared(detail: Mapping[str, Any]) -> str:
    """Say in one line who may do what."""
    actions, principals = at(detail, "action"), at(detail, "principal")
    what = (
        ", ".join(str(action) for action in actions[:20] if isinstance(action, str))
        if isinstance(actions, list)
        else ""
    )
    who = ""
    if isinstance(principals, Mapping):
        who = ", ".join(f"{kind} {text(principals, kind)}" for kind in list(principals)[:5] if isinstance(kind, str))
    return clean(f"{who or 'someone'} may call {what or 'it'}", reading.DESCRIPTION)
