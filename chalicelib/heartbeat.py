"""A finding about nothing, so that a ledger that cannot be written is known before a real finding comes."""

from __future__ import annotations

from datetime import datetime

from chalicelib.errors import CountermeasureError
from chalicelib.ledger import Ledger, Record
from chalicelib.model import Finding, Severity

ID = "heartbeat"
"""The finding and the incident of every beat: each takes the place of the one before, and nobody is told."""


def beat(ledger: Ledger, now: datetime, account: str, region: str) -> None:
    """Take a finding through the ledger as an event's is taken, and read it back.

    Raises CountermeasureError when it does not come back, Busy, and what DynamoDB raises.
    """
    at = now.isoformat(timespec="milliseconds")
    finding = Finding(
        id=ID,
        revision=at,
        source=ID,
        type=ID,
        title="Heartbeat",
        description="",
        severity=Severity.INFORMATIONAL,
        account=account,
        region=region,
        first_seen=at,
        last_seen=at,
        event={},
    )
    known = ledger.look(finding, [])
    ledger.settle(Record(ID, finding, [], []), known, None)
    kept = [found.revision for found in ledger.load(ID).findings]
    if kept != [at]:
        raise CountermeasureError(f"the ledger did not keep the heartbeat of {at}: it has {', '.join(kept) or 'none'}")
