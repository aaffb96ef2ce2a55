"""What is counted in the ledger: actions against their budgets, and incidents of a storm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.errors import OverBudget
from chalicelib.ledger.keys import hashed
from chalicelib.table import Item, Table, Write

_HOUR = 3600


def spend(now: datetime, wanted: Mapping[str, tuple[int, int]]) -> Write | None:
    """Return the write that counts actions of this hour: of each budget, how many of at most how many.

    It is refused with OverBudget, which names the budget, where one would be overdrawn. None where nothing is wanted.
    """
    for budget, (number, limit) in wanted.items():
        if number > limit:
            raise OverBudget(budget, limit)
    if not wanted:
        return None
    named = {_spent(budget): (number, limit - number) for budget, (number, limit) in wanted.items()}

    def refusal(item: Item) -> Exception:
        left = {budget: limit - number - int(item.get(_spent(budget), 0)) for budget, (number, limit) in wanted.items()}
        budget = min(left, key=lambda name: left[name])
        return OverBudget(budget, wanted[budget][1])

    return Write(
        ("budget", f"{now:%Y-%m-%dT%H}"),
        {},
        # What is not there yet is not more than anything.
        when=f"NOT ({' OR '.join(f'{name} > :room_{name}' for name in named)})",
        values={f"room_{name}": room for name, (_, room) in named.items()},
        add={name: number for name, (number, _) in named.items()},
        refusal=refusal,
    )


def charge(table: Table, spending: Write, now: datetime) -> None:
    """Count what is spent; the first of the hour says when that expires. Raises OverBudget."""
    counted = table.count(spending)
    if all(counted[name] == number for name, number in (spending.add or {}).items()):
        table.write([Write(spending.key, {"expires_at": int(now.timestamp()) + 2 * _HOUR})])


def refund(spending: Write) -> Write:
    """Return the write that takes back what was counted, where nothing came of it."""
    back = {name: -number for name, number in (spending.add or {}).items()}
    return replace(spending, when="", values=None, add=back, refusal=None)


def storm(table: Table, now: datetime, rule: str, account: str, window: int) -> tuple[str, int]:
    """Count one more incident of a rule in an account; return the storm's name and how many are in this window (s)."""
    start = int(now.timestamp()) // window * window
    name = f"storm-{hashed(f'{rule} {account} {start}')[:12]}"
    expires = {"expires_at": start + window + _HOUR}
    return name, table.count(Write((f"storm#{name}", "head"), expires, add={"incidents": 1}))["incidents"]


def storm_size(table: Table, name: str) -> int:
    """Return how many incidents a storm has; 0 when it is over and forgotten."""
    key = (f"storm#{name}", "head")
    return int(table.get([key]).get(key, {}).get("incidents", 0))


def _spent(budget: str) -> str:
    """Return the attribute that counts a budget: `spent_rule_signin_root_login`."""
    return "spent_" + re.sub(r"\W", "_", budget, flags=re.ASCII)
