"""Read a GuardDuty finding (`GuardDuty Finding`: one per event, camelCase, of any member account)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.errors import MalformedEvent
from chalicelib.findings import reading
from chalicelib.findings.guardduty_resources import of_finding
from chalicelib.findings.reading import at, entries, first, flag, text
from chalicelib.findings.where import Where, principal_type
from chalicelib.model import Actor, Finding, Severity, Standing

_STEPS = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (1.0, Severity.LOW))
"""GuardDuty user guide, "Severity levels of GuardDuty findings": 1-3.9 low, 4-6.9 medium, 7-8.9 high, 9-10 critical."""

_ACTIONS = ("awsApiCallAction", "networkConnectionAction", "kubernetesApiCallAction", "rdsLoginAttemptAction")


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the one finding of the event. Raises MalformedEvent.

    The account is the member's (`detail.accountId`), the id is `detail.id`, and the revision moves with `updatedAt`
    and `service.count`, as GuardDuty sends the same finding again for every further occurrence.
    """
    detail = reading.detail(event)
    region = reading.region(event, "detail.region", "region")
    where = Where(
        account=reading.account(event, "detail.accountId"),
        region=region,
        partition=reading.known_partition(text(detail, "partition"), region),
        seen=reading.when(event, "detail.service.eventLastSeen", "detail.updatedAt", "time"),
    )
    kind = reading.required(event, "detail.type", 200)
    times = reading.count(detail, "service.count")
    return (
        Finding(
            id=reading.required(event, "detail.id"),
            revision=f"{text(detail, 'updatedAt')}/{times}",
            source="guardduty",
            type=kind,
            title=text(detail, "title") or kind,
            description=text(detail, "description", reading.DESCRIPTION),
            severity=_severity(event),
            account=where.account,
            region=where.region,
            first_seen=reading.when(detail, "service.eventFirstSeen", "createdAt") or where.seen,
            last_seen=where.seen,
            event=event,
            count=times,
            standing=_standing(detail),
            partition=where.partition,
            resources=of_finding(detail, where),
            actor=_actor(detail),
        ),
    )


def _severity(event: Mapping[str, Any]) -> Severity:
    found = reading.number(event, "detail.severity")
    if found is None:
        raise MalformedEvent("detail.severity is missing or not a number")
    return next((severity for least, severity in _STEPS if found >= least), Severity.INFORMATIONAL)


def _standing(detail: Mapping[str, Any]) -> Standing:
    """A sample is a sample even when it is archived: nothing of it was ever real."""
    if (
        flag(detail, "service.additionalInfo.sample")
        or _sample_in(at(detail, "service.additionalInfo.value"))
        or text(detail, "title").startswith("[SAMPLE]")
    ):
        return Standing.SAMPLE
    return Standing.ARCHIVED if flag(detail, "service.archived") else Standing.ACTIVE


def _sample_in(value: object) -> bool:
    """Return whether `additionalInfo.value`, JSON within a string, says `"sample": true` at its top."""
    if not isinstance(value, str) or "sample" not in value:
        return False
    try:
        return flag(json.loads(value), "sample")
    except (ValueError, RecursionError):
        return False


def _actor(detail: Mapping[str, Any]) -> Actor | None:
    """Return the principal and where it came from, None when the finding tells of neither (a malware scan)."""
    sequence = "service.detection.sequence"
    acting = next(iter(entries(detail, f"{sequence}.actors")), None)
    user = at(acting, "user") if acting else at(detail, "resource.accessKeyDetails")
    endpoint = next(iter(entries(detail, f"{sequence}.endpoints")), None)
    probe = next(iter(entries(detail, "service.action.portProbeAction.portProbeDetails")), None)
    addresses = [f"service.action.{action}.remoteIpDetails.ipAddressV{v}" for action in _ACTIONS for v in (4, 6)]
    actor = Actor(
        type=principal_type(first(user, "userType", "type")),
        name=first(user, "userName", "name"),
        account=text(user, "account.uid"),
        access_key_id=first(user, "accessKeyId", "credentialUid"),
        issuer_arn=text(acting, "session.issuer"),
        ip=first(detail, *addresses) or text(endpoint, "ip") or text(probe, "remoteIpDetails.ipAddressV4"),
        user_agent=text(detail, "service.action.awsApiCallAction.userAgent"),
        mfa={"ENABLED": "yes", "DISABLED": "no"}.get(text(acting, "session.mfaStatus"), ""),
    )
    return actor if actor != Actor() else None
