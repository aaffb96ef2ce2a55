"""The copies of daily digests as the log archive keeps them: in a bucket, or in a folder that they were copied to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.evidence.copies import Place, place
from chalicelib.organization.forms import DIGESTS
from cli.deployed import BadInput

AT_ONCE = 16
"""How many copies are read at once."""

_NAME = re.compile(r"(\d{4})/(\d\d)/(\d\d)\.json")


@dataclass(frozen=True, slots=True)
class Copies:
    """What is kept at one place: the text of the digest of each day, `2026-11-21`. Empty where nobody is to look."""

    where: str = ""
    texts: dict[str, str] = field(default_factory=dict)


def read_copies(where: str, s3: Callable[[], Any], since: str = "") -> Copies:
    """Return the copies of the days from `since` on, in `s3://bucket/prefix` or a folder; none where none is named.

    Raises BadInput for what is neither, and what S3 raises.
    """
    if not where:
        return Copies()
    if where.startswith("s3://"):
        if not re.fullmatch(DIGESTS, where):
            raise BadInput(f"--digests {where!r} is no place of digests: write s3://bucket/prefix")
        return Copies(where, dict(_in_bucket(s3(), place(where), since)))
    if not Path(where).is_dir():
        raise BadInput(f"--digests {where!r} is neither s3://bucket/prefix nor a folder")
    return Copies(where, dict(_in_folder(Path(where), since)))


def _in_bucket(s3: Any, to: Place, since: str) -> Iterator[tuple[str, str]]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=to.bucket, Prefix=f"{to.prefix}/")
    names = (each["Key"].removeprefix(f"{to.prefix}/") for page in pages for each in page.get("Contents", []))
    days = [day for name in names if (day := _day(name)) >= since and day]

    def text(day: str) -> str:
        return _text(s3.get_object(Bucket=to.bucket, Key=to.key(day))["Body"].read())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(days, pool.map(text, days), strict=True)


def _in_folder(folder: Path, since: str) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*/*/*.json")):
        day = _day(file.relative_to(folder).as_posix())
        if day and day >= since:
            yield day, _text(file.read_bytes())


def _day(name: str) -> str:
    found = _NAME.fullmatch(name)
    return "-".join(found.groups()) if found else ""


def _text(content: bytes) -> str:
    return content.decode(errors="replace")
