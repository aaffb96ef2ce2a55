"""Markdown that reads as it was written: what an event says can neither format, link, embed nor end its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cli.reports.page import plain

_ACTS = re.compile(r"[\\`*_\[\]<>|~&$]|(?<=:)/(?=/)|(?<=www)\.|^[#+=-]|(?<=^\d)[.)]", re.IGNORECASE)
"""What begins a format, a link, an entity, a formula or a block, in CommonMark and in GitHub's."""

_TICKS = re.compile("`+")


def text(said: str, limit: int = 2000) -> str:
    """Return prose in which nothing acts. A mention cannot be escaped: its sign is shown by a look-alike."""
    return _ACTS.sub(r"\\\g<0>", plain(said, limit)).replace("@", "＠")


def code(said: str, limit: int = 2000) -> str:
    """Return a code span of exactly this text; "" for nothing."""
    shown = plain(said, limit)
    fence = _fence(shown, 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}" if shown else ""


def fenced(said: str, language: str = "") -> str:
    """Return a fenced block that nothing in it can end."""
    fence = _fence(said, 3)
    return f"{fence}{language}\n{said}\n{fence}"


def bullets(*rows: tuple[str, str]) -> Iterator[str]:
    """Yield a list of names and Markdown, without those that say nothing; or nothing."""
    told = [f"- **{name}:** {said}" for name, said in rows if said]
    if told:
        yield "\n".join(told)


def _fence(said: str, least: int) -> str:
    return "`" * max(least, 1 + max((len(run) for run in _TICKS.findall(said)), default=0))
