"""One self-contained HTML page for every report: no script, nothing from the network, light and dark, fit to print.

A report is a template that extends `page.html.j2` (blocks: title, lead, contents, footer) and takes what it says as
arguments. Everything is escaped unless a template says otherwise; a name that was not given is an error. The parts that
reports share are macros in `parts.html.j2`.
"""

from __future__ import annotations

import json
from datetime import UTC
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.notify.escape import HIDDEN, line
from cli.times import moment

FOLDER = resources.files("cli") / "reports" / "templates"

_LONG = 2000
"""Characters shown of any one text."""


def render(template: str, **told: Any) -> str:
    """Return the page of a template of `templates/`, which may use what is told by name. Raises UndefinedError."""
    return _environment().get_template(template).render(told)


def utc(text: str, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return an ISO 8601 time in UTC, as every report shows it; what is no time is returned as it is, on one line."""
    try:
        return f"{moment(text).astimezone(UTC):{form}}"
    except (ValueError, OverflowError):
        return line(text, 40)


def between(seconds: float) -> str:
    """Return a time span in its two largest units: `0.8 s`, `42 s`, `2 min 13 s`, `3 h 5 min`, `16 d 4 h`."""
    if seconds < 0:
        return f"-{between(-seconds)}"
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    for size, name, part, its in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            more = whole % size // part
            return f"{whole // size} {name}" + (f" {more} {its}" if more else "")
    return f"{whole} s"


def plain(text: object, limit: int = _LONG) -> str:
    """Return hostile text on one line, bounded, with a mark in place of what nobody could see."""
    return line(str(text), limit)


def pretty(value: object, limit: int = 200_000) -> str:
    """Return JSON on many lines, each without anything unseen in it; said where the rest is left out."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=str)
    seen = "".join(c if c == "\n" or c.isprintable() else HIDDEN for c in text[:limit])
    return seen if len(text) <= limit else f"{seen}\n... and {len(text) - limit} characters more"


def capitalized(text: str) -> str:
    """Return a text that begins with a capital, as it is otherwise: ids in it keep their letters."""
    return text[:1].upper() + text[1:]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FunctionLoader(lambda name: (FOLDER / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"utc": utc, "between": between, "plain": plain, "pretty": pretty, "capitalized": capitalized}
    made.globals["style"] = Markup((FOLDER / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return made
