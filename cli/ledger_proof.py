"""Prove the ledger: every chain, every digest, and each by the other; and the copies that the log archive keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.errors import UnknownIncident
from chalicelib.evidence import Chain, Fault, chain_of
from chalicelib.evidence.digests import BACK, GRACE, Digest, read_all
from chalicelib.evidence.hashing import is_record
from chalicelib.evidence.seals import key_of
from chalicelib.ledger.keys import incident_pk
from chalicelib.ledger.lists import opened_since, sealed
from chalicelib.table import Table
from cli.digest_copies import Copies

AT_ONCE = 16
"""How many incidents are read at once: each is one query of the ledger."""

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""No ledger is older."""

LATE = timedelta(days=2)
"""How long after its midnight the digest of a day must be there: the schedule makes one a day, at any hour."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found wrong, what waits for its seal, and how much was looked at."""

    faults: tuple[Fault, ...]
    waiting: tuple[tuple[str, str], ...]  # incident and record
    incidents: int
    records: int
    seals: int
    digests: int
    copies: int


@dataclass(frozen=True, slots=True)
class _Proven:
    """One incident: its chain, how many records it has, and what the digests say against it."""

    chain: Chain
    records: int
    faults: tuple[Fault, ...]


def prove(table: Table, now: datetime, copies: Copies, *, incident: str = "", since: datetime | None = None) -> Proof:
    """Prove one incident or all, with the digests and their copies. Raises UnknownIncident.

    `since`: only the incidents opened from then on, and what was sealed from that day on.
    """
    first = f"{since.astimezone(UTC):%Y-%m-%d}" if since else ""
    digests = read_all(table, first)
    told: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for each in digests:
        for named, number, hash_ in each.seals:
            told[named][number] = (hash_, each.date)
    days = {each.date for each in digests}
    latest = max(days, default="")

    def proven(id_: str) -> _Proven:
        return _of_incident(table, id_, now, told.get(id_, {}), (first, days, latest))

    wanted = [incident] if incident else _all(table, told, since or BEGINNING, now, latest)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(proven, wanted))
    if incident and not found[0].records and not found[0].chain.seals and not found[0].faults:
        raise UnknownIncident(f"no incident {incident!r} is in the ledger")
    faults = [fault for each in found for fault in (*each.chain.faults, *each.faults)]
    faults += [*_of_digests(digests), *_overdue(found, latest, now), *_of_copies(digests, copies)]
    return Proof(
        faults=tuple(faults),
        waiting=tuple((each.chain.incident, sk) for each in found for sk in each.chain.waiting),
        incidents=sum(bool(each.records) for each in found),
        records=sum(each.records for each in found),
        seals=sum(len(each.chain.seals) for each in found),
        digests=len(digests),
        copies=len(copies.texts),
    )


def _all(table: Table, told: Iterable[str], since: datetime, now: datetime, latest: str) -> list[str]:
    """Return every incident that a list, a digest, or a seal of a day without digest knows of, each once."""
    day = date.fromisoformat(latest) + _DAY if latest else max(since, now - 2 * BACK * _DAY).astimezone(UTC).date()
    fresh = []
    while day <= now.astimezone(UTC).date():
        fresh += [pk.partition("#")[2] for pk, _ in sealed(table, day.isoformat())]
        day += _DAY
    return list(dict.fromkeys([*reversed(opened_since(table, since, now)), *sorted(told), *fresh]))


def _of_incident(
    table: Table,
    incident: str,
    now: datetime,
    told: Mapping[int, tuple[str, str]],
    digested: tuple[str, set[str], str],
) -> _Proven:
    """Prove one incident, of whose seals digests tell number -> (hash, date)."""
    try:
        items = table.query(incident_pk(incident))
    except ValueError as error:  # DynamoDB has numbers that no record of ours holds
        return _Proven(Chain(incident, ()), 1, (Fault(incident, "", f"holds what cannot be read: {error}"),))
    if not items and told:
        gone = f"is gone whole: {len(told)} of its seals are in digests, the first in that of {min(told.values())[1]}"
        return _Proven(Chain(incident, ()), 0, (Fault(incident, "", gone),))
    found = chain_of(incident, items, now)
    records = sum(is_record(sk) for sk in items)
    return _Proven(found, records, tuple(_by_digests(found, told, *digested)))


def _by_digests(
    found: Chain, told: Mapping[int, tuple[str, str]], first: str, days: set[str], latest: str
) -> Iterator[Fault]:
    there = {seal.number: seal for seal in found.seals}
    for number, (hash_, day) in sorted(told.items()):
        sk = key_of(found.incident, number)[1]
        if number not in there:
            yield Fault(found.incident, sk, f"is gone: it is in the digest of {day}")
        elif there[number].hash != hash_:
            yield Fault(found.incident, sk, f"is another one than in the digest of {day}")
    for number, seal in sorted(there.items()):
        day = seal.at[:10]
        if number not in told and days and first <= day <= latest:
            sk, why = key_of(found.incident, number)[1], "" if day in days else ", which is not there"
            yield Fault(
                found.incident, sk, f"says that it was made on {day}, and is not in the digest of that day{why}"
            )


def _of_digests(digests: Sequence[Digest]) -> Iterator[Fault]:
    """Yield what is wrong with digests: each must be as it was made, a day after the one that it names."""
    for number, each in enumerate(digests):
        if each.hash != each.right():
            yield Fault(f"digest {each.date}", "", "is not as it was made: its hash is wrong")
        if not number:
            continue
        before = digests[number - 1]
        if _day_after(before.date) != each.date:
            yield Fault(f"digest {_day_after(before.date)}", "", "is gone: a later one is there")
        elif each.previous != before.hash:
            yield Fault(f"digest {each.date}", "", "does not follow the digest before it")


def _overdue(found: Sequence[_Proven], latest: str, now: datetime) -> Iterator[Fault]:
    """Yield that days with seals have had no digest for too long."""
    until = f"{(now - LATE - GRACE).astimezone(UTC):%Y-%m-%d}"
    late = sorted({day for each in found for seal in each.chain.seals if latest < (day := seal.at[:10]) < until})
    if late:
        said = "is missing: see whether the daily function runs"
        yield Fault(f"digest {late[0]}", "", said if len(late) == 1 else f"{said}, as {len(late) - 1} later ones are")


def _of_copies(digests: Sequence[Digest], copies: Copies) -> Iterator[Fault]:
    if not copies.where:
        return
    there = {each.date: each for each in digests}
    for day, each in there.items():
        if day not in copies.texts:
            yield Fault(f"digest {day}", "", f"has no copy in {copies.where}")
        elif copies.texts[day] != each.text:
            yield Fault(f"digest {day}", "", f"is not the same as its copy in {copies.where}")
    for day in sorted(set(copies.texts) - set(there)):
        yield Fault(f"digest {day}", "", f"is gone: its copy is in {copies.where}")


def _day_after(day: str) -> str:
    try:
        return (date.fromisoformat(day) + _DAY).isoformat()
    except ValueError:
        return ""
