"""Denials of every session that was issued before a time, as remediations make and recognise them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.model import Json
from remediations.iam.policies import DENY_ALL, document, listed, statements

AHEAD = timedelta(seconds=30)
"""How far in the future the cut is: IAM needs time to spread it (IAM User Guide, "Revoke IAM role temporary
security credentials")."""


def is_revoked(policy: Json, seen: str, now: datetime) -> bool:
    """Return whether the policy revokes the sessions that the finding last saw at `seen`.

    Any revocation counts when `seen` is no time, or one too far ahead for a cut made now to reach.
    """
    cuts = [cut for statement in statements(policy) for cut in revoked_before(statement)]
    last = moment(seen)
    if last is None or last > now + AHEAD:
        return bool(cuts)
    return any(cut >= last for cut in cuts)


def revocation(cut: datetime) -> Json:
    """Return the document that denies everything to sessions issued before `cut`."""
    issued = {"aws:TokenIssueTime": cut.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return document({**DENY_ALL, "Condition": {"DateLessThan": issued}})


def revoked_before(statement: Json) -> list[datetime]:
    """Return the times before which this statement revokes every session: none if it is of another kind."""
    times = statement.get("Condition", {}).get("DateLessThan", {}).get("aws:TokenIssueTime", [])
    if statement != {**DENY_ALL, "Condition": {"DateLessThan": {"aws:TokenIssueTime": times}}}:
        return []
    return [cut for cut in (moment(str(time)) for time in listed(times)) if cut]


def moment(text: str) -> datetime | None:
    """Return the time that an ISO 8601 text tells, in UTC unless it says otherwise; None when it tells none."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
