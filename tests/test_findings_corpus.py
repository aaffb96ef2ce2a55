"""Events that others published are parsed, or refused for a reason that is right. Skipped where they are absent."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from cli.intake import read

CORPUS = Path(os.environ.get("COUNTERMEASURE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))

# Published events are trimmed and redacted ("12345", "redacted"): those, and only those, may be malformed.
LEAST_PARSED = {
    "accessanalyzer": 0.70,
    "cloudtrail-api": 0.95,
    "cloudtrail-signin": 0.88,
    "guardduty": 0.55,
    "inspector": 1.0,
    "securityhub-asff": 0.95,
}
REASONS = (
    " is missing",
    " are missing",
    "is not an account id of 12 digits",
    "is not a region",
    "detail is missing or not a JSON object",
)


@pytest.fixture(scope="module")
def kinds() -> dict[str, list[Path]]:
    index = CORPUS / "INDEX.tsv"
    if not index.exists():
        pytest.skip(f"no corpus of published events at {CORPUS}: set COUNTERMEASURE_CORPUS")
    found: dict[str, list[Path]] = {}
    with index.open() as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            found.setdefault(row["source kind"], []).append(CORPUS / row["file"])
    return {kind: files for kind, files in found.items() if kind != "pattern-test"}


def test_every_published_event_is_parsed_or_refused_for_a_clear_reason(kinds: dict[str, list[Path]]) -> None:
    unclear = []
    parsed: Counter[str] = Counter()
    for kind, files in kinds.items():
        for file in files:
            for item in read(str(file)):
                if item.event is None:
                    assert item.problem is not None
                    assert item.problem.startswith(f"{file}: is ")
                    continue
                try:
                    parsed[kind] += bool(parse(item.event))
                except NotSecurityEvent:
                    assert kind in {"other-eventbridge", "health", "macie", "config"} or item.kind == "other"
                except MalformedEvent as error:
                    if not any(reason in str(error) for reason in REASONS):
                        unclear.append((file.name, str(error)))
    assert unclear == []
    shares = {kind: parsed[kind] / len(kinds[kind]) for kind in LEAST_PARSED}
    assert {kind: share for kind, share in shares.items() if share < LEAST_PARSED[kind]} == {}


def test_no_published_event_of_another_service_is_taken_for_a_finding(kinds: dict[str, list[Path]]) -> None:
    for file in kinds["other-eventbridge"]:
        for item in read(str(file)):
            assert item.kind == "other"
            with pytest.raises(NotSecurityEvent):
                parse(item.event)
