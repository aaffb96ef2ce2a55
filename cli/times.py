"""Times as people write and read them: `24h`, and the clock on their own wall."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cli.deployed import BadInput

_AGO = re.compile(r"(?P<number>\d{1,5})(?P<unit>[mhd])")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}


def since(text: str, now: datetime) -> datetime:
    """Return the time that `90m`, `24h`, `7d` or an ISO 8601 time means (UTC where it names no zone).

    Raises BadInput for what is neither, and for what is yet to come.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return now - timedelta(minutes=int(ago["number"]) * _MINUTES[ago["unit"]])
        found = moment(text)
    except (ValueError, OverflowError):
        found = None
    if found is None or found > now:
        raise BadInput(f"--since {text!r} is no time in the past: write 90m, 24h, 7d or 2026-08-01T12:00")
    return found


def moment(text: str) -> datetime:
    """Return the time of an ISO 8601 text, UTC where it names no zone. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def local(text: str, form: str = "%Y-%m-%d %H:%M") -> str:
    """Return an ISO 8601 time on the clock of whoever reads it; what is no time is returned as it is."""
    try:
        return f"{moment(text).astimezone():{form}}"
    except (ValueError, OverflowError):
        return text
