"""How durations are counted, and into what a period is divided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.reports.audit_times import buckets, nearest_rank, spread


@pytest.mark.parametrize(
    ("values", "p95"), [([7], 7), ([1, 2], 2), (list(range(1, 21)), 19), (list(range(1, 101)), 95)]
)
def test_p95_is_the_nearest_rank(values: list[float], p95: float) -> None:
    assert nearest_rank(values, 95) == p95
    found = spread(reversed(values))
    assert found
    assert found.p95 == p95


def test_a_spread_leaves_out_what_is_not_known() -> None:
    found = spread([None, 4.0, 1.0, None, 2.0])
    assert found
    assert (found.count, found.mean, found.median, found.longest) == (3, pytest.approx(7 / 3), 2, 4)
    assert spread([None]) is None


@pytest.mark.parametrize(
    ("days", "unit", "many"),
    [(1, "day", 2), (31, "day", 32), (32, "week", 6), (366, "week", 53), (800, "month", 27)],
)
def test_the_longer_the_period_the_wider_the_buckets(days: int, unit: str, many: int) -> None:
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    found, over = buckets([], since, since + timedelta(days=days))
    assert (found, len(over)) == (unit, many)
