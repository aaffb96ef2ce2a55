"""What is counted in the ledger: actions against their budgets, and incidents of a storm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.errors import OverBudget
from chalicelib.ledger.keys import hashed
from chalicelib.table import Table, Write

_HOUR = 3600


def spend(now: datetime, wanted: Mapping[str, tuple[int, int]]) -> list[Write]:
    """Return the writes that count actions of this hour: of each budget, how many of at most how many.

    They are refused with OverBudget, which names the budget, where one would be overdrawn.
    """
    hour, expires = f"{now:%Y-%m-%dT%H}", int(now.timestamp()) + 2 * _HOUR
    writes = []
    for budget, (number, limit) in wanted.items():
        if number > limit:
            raise OverBudget(budget, limit)
        writes.append(
            Write(
                (f"budget#{budget}", hour),
                {"expires_at": expires},
                when="attribute_not_exists(spent) OR spent <= :room",
                values={"room": limit - number},
                add={"spent": number},
                refusal=OverBudget(budget, limit),
            )
        )
    return writes


def storm(table: Table, now: datetime, rule: str, account: str, window: int) -> tuple[str, int]:
    """Count one more incident of a rule in an account; return the storm's name and how many are in this window (s)."""
    start = int(now.timestamp()) // window * window
    name = f"storm-{hashed(f'{rule} {account} {start}')[:12]}"
    counted = table.count(
        Write((f"storm#{name}", "head"), {"expires_at": start + window + _HOUR}, add={"incidents": 1})
    )
    return name, counted["incidents"]


def storm_size(table: Table, name: str) -> int:
    """Return how many incidents a storm has; 0 when it is over and forgotten."""
    key = (f"storm#{name}", "head")
    return int(table.get([key]).get(key, {}).get("incidents", 0))
