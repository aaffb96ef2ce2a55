"""Read the events that people have at hand: files, folders and standard input, in whatever form they were saved."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from cli.recognise import recognise

LIMIT = 32 * 1024 * 1024
"""How many bytes one file may hold, decompressed."""

DEPTH = 100
"""How deep JSON may be nested. No event of AWS comes near it."""

SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
"""The files that are read of a folder."""


@dataclass(frozen=True, slots=True)
class Item:
    """One event of a file as an EventBridge envelope, or the reason why there is none.

    `kind` is `guardduty`, `securityhub`, `config`, `cloudtrail`, `signin`, `health`, `accessanalyzer`, `macie`,
    `inspector` or `other`. Either `event` is there or `problem`: one line that names the file.
    """

    file: str
    kind: str = "other"
    event: Mapping[str, Any] | None = None
    problem: str | None = None


class _Unreadable(ValueError):
    """A file, or a part of it, is not what we can read; says why, to follow the file's name."""


def read(path: str, stdin: BinaryIO | None = None) -> Iterator[Item]:
    """Yield every event of a file, of the files of a folder (sorted, recursively), or of standard input (`-`).

    Understands EventBridge envelopes, bare findings and CloudTrail records, what the AWS APIs answer with
    (GetFindings, ListFindings, LookupEvents), CloudTrail log files, SNS and SQS messages, lists, JSON lines, gzip.
    What cannot be read is one Item with its problem, and the rest goes on. Never raises.
    """
    if path == "-":
        yield from _of_stream("standard input", stdin or sys.stdin.buffer)
        return
    folder = Path(path)
    if not folder.is_dir():
        yield from _of_file(folder)
        return
    files = sorted(file for file in folder.rglob("*") if file.name.lower().endswith(SUFFIXES) and file.is_file())
    for file in files:
        yield from _of_file(file)
    if not files:
        yield _problem(path, f"holds no event: none of its files ends in {', '.join(SUFFIXES[:4])}")


def _of_file(file: Path) -> Iterator[Item]:
    try:
        stream = file.open("rb")
    except (OSError, ValueError) as error:
        yield _problem(str(file), f"cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    with stream:
        yield from _of_stream(str(file), stream)


def _of_stream(name: str, stream: BinaryIO) -> Iterator[Item]:
    try:
        values = list(_values(_text(_bytes(stream))))
    except OSError as error:
        yield _problem(name, f"cannot be read: {error.strerror or error}")
        return
    except _Unreadable as error:
        yield _problem(name, str(error))
        return
    for place, value in values:
        if isinstance(value, _Unreadable):
            yield _problem(name, f"{place}{value}")
            continue
        found = list(recognise(value, load))
        for number, one in enumerate(found, 1):
            where = place or (f"event {number}: " if len(found) > 1 else "")
            yield Item(name, one.kind, one.event) if one.event else _problem(name, where + one.problem)


def _bytes(stream: BinaryIO) -> bytes:
    raw = stream.read(LIMIT + 1)
    if raw.startswith(b"\x1f\x8b"):
        raw = _decompressed(raw)
    if len(raw) > LIMIT:
        raise _Unreadable(f"is larger than {LIMIT // 1024 // 1024} MB")
    return raw


def _decompressed(raw: bytes) -> bytes:
    """Return the content of gzip, a byte more than the limit at most: a small file can hold terabytes of nothing."""
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            return stream.read(LIMIT + 1)
    except EOFError as error:
        raise _Unreadable("is gzip that ends too early") from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise _Unreadable(f"is damaged gzip: {error}") from error


def _text(raw: bytes) -> str:
    encodings = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    encoding = next((encoding for mark, encoding in encodings if raw.startswith(mark)), "utf-8")
    try:
        found = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise _Unreadable(f"is not text in {encoding.removesuffix('-sig').upper()}: {error.reason}") from error
    if "\0" in found:
        raise _Unreadable("holds NUL bytes: it is not JSON")
    if not found.strip():
        raise _Unreadable("is empty")
    return found


def _values(text: str) -> Iterator[tuple[str, Any]]:
    """Yield each JSON value with its place: the whole text, or line by line when the first line is an object."""
    try:
        yield "", load(text)
        return
    except _Unreadable:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not _is_object(lines[0][1]):
            raise
    for number, line in lines:
        try:
            yield f"line {number}: ", load(line)
        except _Unreadable as error:
            yield f"line {number}: ", error


def _is_object(line: str) -> bool:
    try:
        return isinstance(load(line), dict)
    except _Unreadable:
        return False


def load(text: str) -> Any:
    """Return the JSON value of a text. Raises ValueError with the reason: strict JSON, unique keys, bounded depth."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except _Unreadable:
        raise
    except RecursionError as error:
        raise _Unreadable(f"is nested deeper than {DEPTH} levels") from error
    except json.JSONDecodeError as error:
        raise _Unreadable(f"is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from error
    except ValueError as error:
        raise _Unreadable("holds a number with too many digits") from error
    if _deeper_than(value, DEPTH):
        raise _Unreadable(f"is nested deeper than {DEPTH} levels")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _Unreadable(f"has the key {twice[:60]!r} twice in one object: which of them counts?")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _Unreadable(f"is not JSON: {name} is no number")


def _deeper_than(value: object, limit: int) -> bool:
    level: list[object] = [value]
    for _ in range(limit):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _problem(file: str, reason: str) -> Item:
    return Item(file, problem=f"{file}: {reason}")
