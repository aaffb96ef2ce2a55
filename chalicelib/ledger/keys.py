"""Where things are in the ledger's table: its keys, its lists, and how long things count."""

from __future__ import annotations

import hashlib

from chalicelib.model import Finding
from chalicelib.table import Key

OPEN_SECONDS = 24 * 3600
"""An incident is open, so that further findings join it, until it has been quiet for this long."""

KEEP_SECONDS = 400 * 24 * 3600
"""Heads of which nothing was heard for this long expire (`expires_at`), but for what people undid; incidents stay."""

HOLD_SECONDS = 120
"""A hold lapses after this long: more than a function may run, no more than Lambda waits before its second retry."""

BEGUN = "begun"
"""The attribute of a head that says what an attempt is about to do; with what was there before."""

DUE = "due"
"""The list of what must be looked at again, by when: approvals, notices that did not arrive, changes not yet seen."""

UNSEALED = "unsealed"
"""The list of the records that were written since their incident was last sealed, by when they were."""


def sealed_on(day: str) -> str:
    """Return the list of the seals made on a day (UTC), `2026-11-21`."""
    return f"seals#{day}"


def opened_in(month: str) -> str:
    """Return the list of the incidents opened in a month, `2026-11`."""
    return f"incidents#{month}"


def incident_pk(incident: str) -> str:
    """Return the `pk` under which all of one incident is."""
    return f"incident#{incident}"


def finding_head(finding: Finding) -> Key:
    return f"finding#{hashed(finding.id)}", "head"


def resource_head(key: str) -> Key:
    return f"resource#{key if len(key) <= 512 else hashed(key)}", "head"


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
