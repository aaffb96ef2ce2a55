"""Text as EventBridge compares it: wildcards, and letters whose case does not matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from chalicelib.model import Json

GRAM = 4
"""Letters in a row that an index looks up to find a wildcard by what stands between its stars."""


def wildcard_parts(text: str) -> list[str]:
    r"""The literal parts between the stars: `a*b\*` is `["a", "b*"]`. ValueError says what is not allowed."""
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(text):
        letter = text[at]
        if letter == "*":
            if text[at + 1 : at + 2] == "*":
                raise ValueError(f"two stars in a row at position {at}; one star stands for any text")
            parts.append([])
        elif letter == "\\":
            at += 1
            if text[at : at + 1] not in ("*", "\\"):
                raise ValueError(f"a backslash at position {at - 1} that escapes neither * nor another backslash")
            parts[-1].append(text[at])
        else:
            parts[-1].append(letter)
        at += 1
    return ["".join(part) for part in parts]


def wildcard_test(parts: Sequence[str]) -> Callable[[Json], bool]:
    """Each part is sought once, leftmost first: no text takes longer than one pass over it."""
    if len(parts) == 1:
        return lambda found: bool(found == parts[0])
    head, *middle, tail = parts
    shortest = sum(map(len, parts))

    def test(found: Json) -> bool:
        if not isinstance(found, str) or len(found) < shortest:
            return False
        if not (found.startswith(head) and found.endswith(tail)):
            return False
        at, end = len(head), len(found) - len(tail)
        for part in middle:
            at = found.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    return test


def grams(parts: Sequence[str]) -> list[str]:
    """Every run of `GRAM` letters in the ASCII parts, in lower case, in order, each once."""
    lowered = [part.lower() for part in parts if part.isascii()]
    return list(dict.fromkeys(low[at : at + GRAM] for low in lowered for at in range(len(low) - GRAM + 1)))


def folded(text: str, end: bool = False) -> re.Pattern[str]:
    """A pattern of `text` in which each letter may be in lower or upper case; `end`: only where the value ends.

    The two cases of a letter never begin alike, so that matching never goes back.
    """
    return re.compile("".join(map(_in_either_case, text)) + (r"\Z" if end else ""))


def _in_either_case(letter: str) -> str:
    low, up = letter.lower(), letter.upper()
    if low == up:
        return re.escape(low)
    return f"[{low}{up}]" if len(low) == len(up) == 1 else f"(?:{re.escape(low)}|{re.escape(up)})"
