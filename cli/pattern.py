"""Say whether one event matches one EventBridge pattern, as EventBridge's TestEventPattern would."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from chalicelib.pattern import InvalidPattern, compile_pattern
from cli.intake import read
from cli.show import plain

MATCH, NO_MATCH, INVALID = 0, 1, 2


class _Unreadable(ValueError):
    """A file does not hold what it should; the text is one line that names the file."""


def run(pattern_file: str, event_file: str) -> int:
    """Print MATCH, NO MATCH or INVALID and the reason; return 0, 1 or 2."""
    try:
        matches = compile_pattern(_load_object(pattern_file)).matches(_load_event(event_file))
    except (InvalidPattern, _Unreadable) as reason:
        typer.echo(f"INVALID: {plain(str(reason))}")
        return INVALID
    typer.echo("MATCH" if matches else "NO MATCH")
    return MATCH if matches else NO_MATCH


def _load_event(path: str) -> dict[str, Any]:
    """Return the one event of a file: an envelope, what intake can put into one, or any JSON object as it is."""
    items = list(islice(read(path), 2))
    if len(items) > 1:
        raise _Unreadable(f"{path}: holds more than one event")
    if items and items[0].event is not None:
        return dict(items[0].event)
    if items and path == "-":
        raise _Unreadable(items[0].problem or "-: not an event")
    return _load_object(path)


def _load_object(path: str) -> dict[str, Any]:
    """Return the JSON object that a file holds."""
    try:
        loaded = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise _Unreadable(f"{path}: {error.strerror or 'cannot be read'}") from error
    except RecursionError as error:
        raise _Unreadable(f"{path}: nested too deeply") from error
    except ValueError as error:
        raise _Unreadable(f"{path}: not JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise _Unreadable(f"{path}: not a JSON object")
    return loaded
