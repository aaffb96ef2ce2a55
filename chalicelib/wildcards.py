"""Match texts that may be hostile against patterns of ours, in which `*` stands for anything, also for nothing."""

from __future__ import annotations


def matches(pattern: str, text: str) -> bool:
    """Tell whether the whole text is as the pattern says; takes time in proportion to the text, whatever it holds."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *between, last = rest
    at, end = len(first), len(text) - len(last)
    if end < at or not text.startswith(first) or not text.endswith(last):
        return False
    for part in between:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
