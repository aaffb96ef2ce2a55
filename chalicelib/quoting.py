"""Quote what somebody else wrote in a refusal: one printable line, and no longer than people read."""

from __future__ import annotations

from typing import Any

QUOTED, LINE = 100, 500
"""How many characters of a value, and of a whole refusal, are shown."""


def quoted(value: Any) -> str:
    """Return a value as a refusal quotes it; of a long one only the beginning."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deep; a number of more digits than Python writes
        return f"{type(value).__name__} (too large to be shown)"
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"


def one_line(text: str) -> str:
    """Return a refusal on one line; of a long one the beginning and the end, which says what is allowed."""
    shown = text if len(text) <= LINE else f"{text[: LINE // 2]}…{text[-LINE // 2 + 1 :]}"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown)
