"""List incidents, the newest first: what happened where, what became of it, and what waits for somebody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import typer

from chalicelib.ledger import OPEN_SECONDS, Stored
from chalicelib.ledger.lists import opened_since
from chalicelib.model import Change, Mode, Outcome
from chalicelib.wildcards import matches
from chalicelib.wiring import utc_now
from cli.deployed import BadInput
from cli.faces import face, kind
from cli.hub import DONE, Hub
from cli.incidents_shown import Row, as_json, held_back, listed
from cli.show import console
from cli.times import moment, since

AT_ONCE = 16
"""How many incidents are read at once: each is one query of the ledger."""

MOST = 5000
"""How many incidents are looked at: more than that are found by a shorter --since."""

WIDEST = 160
"""Columns of the table, where nobody says how wide the terminal is."""

DEFAULT, DEFAULT_OPEN = "24h", "30d"
"""How far back is looked: an open incident may have been opened long ago."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which incidents are shown, and how many at most; empty: all."""

    since: str = ""
    account: str = ""
    rule: str = ""
    outcome: str = ""
    open: bool = False
    would_have: bool = False
    limit: int = 50
    as_json: bool = False


def run(hub: Hub, wishes: Wishes, clock: Callable[[], datetime] = utc_now) -> int:
    """Print the incidents that are wished for; return 0. Raises BadInput for a wish that cannot be read."""
    now = clock()
    wanted = _wanted(hub, wishes, now)
    ids = opened_since(hub.ledger.table, since(wishes.since or (DEFAULT_OPEN if wishes.open else DEFAULT), now), now)
    found = (stored for stored in _loaded(hub, ids[:MOST]) if wanted(stored))
    rows = [_row(hub, stored, wishes, now) for stored in islice(found, wishes.limit + 1)]
    shown, more = rows[: wishes.limit], len(rows) > wishes.limit
    if wishes.as_json:
        for row in shown:
            typer.echo(json.dumps(as_json(row)))
    elif shown and wishes.would_have:
        console(WIDEST).print(*held_back(shown, hub.catalogue.remediations), sep="\n")
    elif shown:
        console(WIDEST).print(listed(shown))
    else:
        typer.echo("No incident is as you ask.")
    if more:
        typer.echo(f"There are more than {wishes.limit}: narrow it down, or give a higher --limit.", err=True)
    elif len(ids) > MOST:
        typer.echo(f"Only the newest {MOST} were looked at: give a shorter --since.", err=True)
    return DONE


def would_have(stored: Stored) -> tuple[Change, ...]:
    """Return what observing held back: of each place what was decided last; not what people denied."""
    last = {(change.remediation, change.resource.key): change for change in stored.changes}
    return tuple(c for c in last.values() if c.outcome is Outcome.OBSERVED and c.mode is Mode.OBSERVE)


def is_open(stored: Stored, now: datetime) -> bool:
    """Tell whether something waits for people, or it was heard of while further findings still join it."""
    quiet = now - timedelta(seconds=OPEN_SECONDS)
    heard = [stored.opened_at, *(finding.last_seen for finding in stored.findings)]
    return bool(stored.approvals) or any(_after(each, quiet) for each in heard)


def outcome_of(text: str) -> Outcome | None:
    """Return the outcome that somebody names, `awaiting` or `awaiting approval`; None for none.

    Raises BadInput.
    """
    named = text.strip().lower()
    for each in Outcome:
        if named in {each.value, each.name.lower()}:
            return each
    if not named:
        return None
    raise BadInput(f"--outcome {text!r} is none; use one of {', '.join(each.name.lower() for each in Outcome)}")


def _wanted(hub: Hub, wishes: Wishes, now: datetime) -> Callable[[Stored], bool]:
    """Return what tells whether an incident is wished for."""
    outcome = outcome_of(wishes.outcome)

    def wanted(stored: Stored) -> bool:
        rules = stored.rules or ("",)
        return (
            (not wishes.account or _in_account(hub, stored, wishes.account))
            and (not wishes.rule or any(matches(wishes.rule, rule) for rule in rules))
            and (outcome is None or any(change.outcome is outcome for change in stored.changes))
            and (not wishes.open or is_open(stored, now))
            and (not wishes.would_have or bool(would_have(stored)))
        )

    return wanted


def _in_account(hub: Hub, stored: Stored, account: str) -> bool:
    ids = {finding.account for finding in stored.findings} | {change.resource.account for change in stored.changes}
    return account in ids or any((known := hub.organization.account(id_)) and known.name == account for id_ in ids)


def _loaded(hub: Hub, ids: Iterable[str]) -> Iterator[Stored]:
    """Yield incidents in order; some are read at once, and few more than are asked for."""
    left = iter(ids)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while part := list(islice(left, 2 * AT_ONCE)):
            yield from pool.map(hub.ledger.load, part)


def _row(hub: Hub, stored: Stored, wishes: Wishes, now: datetime) -> Row:
    return Row(stored, face(hub, stored, now), kind(stored), would_have(stored) if wishes.would_have else ())


def _after(text: str, when: datetime) -> bool:
    try:
        return moment(text) >= when
    except ValueError:
        return False
