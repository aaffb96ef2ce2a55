"""An incident as it stands, in the words of its own message: for lists, for headlines, for whoever decides."""

from __future__ import annotations

from datetime import datetime

from chalicelib.announcing import SOURCE
from chalicelib.approvals import asked
from chalicelib.incidents import of_stored
from chalicelib.ledger import Stored
from chalicelib.ledger.counters import storm_size
from chalicelib.notify import Kind, Notice, compose
from chalicelib.storms import STORM as STORM_ID
from cli.hub import Hub

INCIDENT, ANNOUNCEMENT, STORM = "incident", "announcement", "storm"
"""What is in the ledger: an incident, what countermeasure says of itself, and the one message of many incidents."""


def kind(stored: Stored) -> str:
    """Return which of the three it is. The finding of a storm is ours too."""
    if stored.id.startswith(STORM_ID):
        return STORM
    return ANNOUNCEMENT if stored.findings[0].source == SOURCE else INCIDENT


def face(hub: Hub, stored: Stored, now: datetime) -> Notice:
    """Return what the incident's own message would show now; every text of it is plain and bounded."""
    account = hub.organization.account(stored.findings[0].account)
    return compose(
        of_stored(stored, hub.catalogue),
        remediations=hub.catalogue.remediations,
        account_name=account.name if account else "",
        environment=account.environment if account else "unknown",
        kind=Kind.INCIDENT,
        notice_id="",
        asked=asked(stored, hub.catalogue.remediations, now),
        grouped=_grouped(hub, stored),
    )


def _grouped(hub: Hub, stored: Stored) -> int:
    """Return how many incidents a storm stands for: those counted, or told at last when the count has expired."""
    if kind(stored) != STORM:
        return 0
    told = [Notice.from_json(notice.body).grouped for notice in stored.notices]
    return max([storm_size(hub.ledger.table, stored.id), *told])
