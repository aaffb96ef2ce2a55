"""What is proven of an incident's records: the chain of their seals, in the words of a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.evidence import chain_of
from chalicelib.table import Item
from cli.reports.page import plain


@dataclass(frozen=True, slots=True)
class SealSaid:
    """One seal: its number, when it was made, how many records there were, its SHA-256, and that of the one before."""

    number: int
    at: str
    records: int
    hash: str
    previous: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether the records are as they were sealed: `said` in a sentence, the faults, and every seal."""

    verifies: bool
    tone: str
    said: str
    faults: tuple[str, ...]
    waiting: tuple[str, ...]
    seals: tuple[SealSaid, ...]


def evidence(incident: str, items: Mapping[str, Item], now: datetime) -> Evidence:
    """Return what the items of an incident prove of themselves."""
    found = chain_of(incident, items, now)
    faults = tuple(f"{plain(each.record, 200)} {plain(each.what, 500)}" for each in found.faults)
    waiting = tuple(plain(each, 200) for each in found.waiting)
    seals = tuple(
        SealSaid(s.number, plain(s.at, 40), s.count, plain(s.hash, 64), plain(s.previous, 64)) for s in found.seals
    )
    if faults:
        tone, said = (
            "bad",
            "The records are NOT as they were sealed. Somebody changed the ledger by hand, or it is damaged.",
        )
    elif not seals:
        tone, said = "warn", "No seal is made yet: the schedule makes the first one within a few minutes."
    elif waiting:
        tone, said = (
            "warn",
            "What is sealed is as it was sealed. The latest records wait for their seal, a minute or two.",
        )
    else:
        tone, said = "good", "Every record is as it was sealed, and every seal follows the one before."
    return Evidence(bool(seals) and found.verifies, tone, said, faults, waiting, seals)
