"""Read what CloudTrail tells EventBridge: API calls, service events and console sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.findings import reading
from chalicelib.findings.reading import at, first, text
from chalicelib.model import Actor, Finding, Severity

_MFA = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}


def parse(event: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the one finding of the event. Raises MalformedEvent.

    The source is `signin` for a console sign-in, else `cloudtrail`; the type is `eventName`. A record is written once:
    its id is `eventID` (the envelope's where the record has none) and so is its revision. CloudTrail judges nothing:
    the severity is INFORMATIONAL, and the rule that answers knows it. A call that failed says so in its title.
    The account is the one that the call was made in (`recipientAccountId`), not the caller's. Records older than
    version 1.02 lack it: then it is the envelope's, for CloudTrail hands an event over in that account.
    Which resource it is about differs with every API: `Rule.resources` says.
    """
    detail = reading.detail(event)
    name = reading.required(event, "detail.eventName", 200)
    identity = reading.required(event, "detail.eventID" if at(detail, "eventID") else "id")
    region = reading.region(event, "detail.awsRegion", "region")
    seen = reading.when(event, "detail.eventTime", "time")
    actor = _actor(detail)
    return (
        Finding(
            id=identity,
            revision=identity,
            source="signin" if event.get("source") == "aws.signin" else "cloudtrail",
            type=name,
            title=_title(detail, name, actor),
            description=text(detail, "errorMessage", reading.DESCRIPTION),
            severity=Severity.INFORMATIONAL,
            account=reading.account(event, "detail.recipientAccountId", "account"),
            region=region,
            first_seen=seen,
            last_seen=seen,
            event=event,
            partition=reading.partition(region),
            actor=actor,
        ),
    )


def _title(detail: Mapping[str, Any], name: str, actor: Actor) -> str:
    who = actor.arn.rpartition(":")[2] or actor.name or actor.type or "someone unknown"
    error = first(detail, "errorCode", "errorMessage")
    if not error and text(detail, "responseElements.ConsoleLogin") == "Failure":
        error = "Failure"
    return reading.clean(f"{name} by {who}" + (f" failed: {error}" if error else ""), reading.TITLE)


def _actor(detail: Mapping[str, Any]) -> Actor:
    """Return who called, as `userIdentity` says (CloudTrail user guide, "CloudTrail userIdentity element")."""
    user = at(detail, "userIdentity")
    arn = text(user, "arn", 512)
    session = arn.rpartition("/")[2] if ":assumed-role/" in arn or ":federated-user/" in arn else ""
    mfa = first(detail, "additionalEventData.MFAUsed") or _word(user, "sessionContext.attributes.mfaAuthenticated")
    return Actor(
        type=text(user, "type"),
        arn=arn,
        name=text(user, "userName") or session or text(user, "invokedBy"),
        account=text(user, "accountId"),
        access_key_id=text(user, "accessKeyId"),
        issuer_arn=text(user, "sessionContext.sessionIssuer.arn", 512),
        ip=text(detail, "sourceIPAddress"),
        user_agent=text(detail, "userAgent"),
        mfa=_MFA.get(mfa.lower(), ""),
    )


def _word(value: object, path: str) -> str:
    """Return the text at a path, a boolean as its word."""
    found = at(value, path)
    return str(found) if isinstance(found, bool) else text(value, path)
