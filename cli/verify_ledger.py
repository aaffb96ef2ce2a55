"""Say whether the ledger is as it was written: a line for each fault, then how much was proven."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import typer

from chalicelib.wiring import utc_now
from cli.digest_copies import read_copies
from cli.hub import DONE, FAILED, Hub
from cli.ledger_proof import Proof, prove
from cli.show import plain
from cli.times import since


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be proven: one incident, what is not older, which copies of digests; "" for all that there is."""

    incident: str = ""
    since: str = ""
    digests: str = ""
    as_json: bool = False


def run(hub: Hub, wishes: Wishes, clock: Callable[[], datetime] = utc_now) -> int:
    """Print what is proven; return 0, 1 where something is wrong. Raises BadInput and UnknownIncident."""
    now = clock()
    start = since(wishes.since, now) if wishes.since else None
    where = wishes.digests or hub.organization.digests
    copies = read_copies(where, lambda: hub.to.client("s3"), f"{start:%Y-%m-%d}" if start else "")
    proof = prove(hub.ledger.table, now, copies, incident=wishes.incident, since=start)
    if wishes.as_json:
        waiting = [{"incident": incident, "record": record} for incident, record in proof.waiting]
        typer.echo(json.dumps({**asdict(proof), "waiting": waiting}))
    else:
        for line in lines(proof, where):
            typer.echo(line)
    return FAILED if proof.faults else DONE


def lines(proof: Proof, where: str) -> list[str]:
    """Return what is to be said of a proof, for people."""
    told = [
        " ".join(part for part in (plain(each.where, 200), plain(each.record, 200), plain(each.what, 500)) if part)
        for each in proof.faults
    ]
    if proof.waiting:
        told.append(f"{_many(len(proof.waiting), 'record')} written within minutes, not sealed yet: look again later.")
    counted = [
        _many(proof.incidents, "incident"),
        _many(proof.records, "record"),
        _many(proof.seals, "seal"),
        _many(proof.digests, "digest"),
    ]
    counted += [_many(proof.copies, "copy").replace("copys", "copies")] if where else []
    end = f"{_many(len(proof.faults), 'fault')}." if proof.faults else "nothing was changed, removed or reordered."
    return [*told, f"{', '.join(counted)}: {end}"]


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
