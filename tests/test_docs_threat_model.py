"""The threat model names, for everything that stops a threat, the code that does and the test that proves it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.pages import ROOT, Link, headings, items, links, rows

PAGE = ROOT / "docs" / "threat-model.md"
ASSETS = "What is worth attacking"
THREATS = [title for title in headings(PAGE) if re.match(r"\d+\. ", title)]
STOPS = [(threat, stop) for threat in THREATS for stop in items(PAGE, threat)]


@cache
def claims(path: Path) -> frozenset[str]:
    """Return the names of the tests of a file, of their classes, and its own."""
    tree = ast.parse(path.read_text())
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return frozenset({name for name in defined if name.lower().startswith("test")} | {path.stem})


def unproven(stop: list[Link], page: Path = PAGE) -> str:
    """Return why a line proves nothing; "" where it names code, and a test that is there."""
    there = [(link, (page.parent / link.target).resolve()) for link in stop]
    code = [path for _, path in there if path.is_file() and "tests" not in path.parts]
    proofs = [(link.text, path) for link, path in there if path.is_relative_to(ROOT / "tests")]
    if not code:
        return "it names no code"
    if not proofs:
        return "it names no test"
    missing = [name for name, path in proofs if not path.is_file() or name not in claims(path)]
    return f"{missing[0]} is no test of the file that it leads to" if missing else ""


@pytest.mark.parametrize(("threat", "stop"), STOPS, ids=[f"{t.split('.')[0]} {s[-1].text}" for t, s in STOPS])
def test_what_stops_a_threat_is_in_the_code_and_proven_by_a_test(threat: str, stop: list[Link]) -> None:
    assert unproven(stop) == ""


def test_every_threat_says_what_stops_it_and_what_remains() -> None:
    text = PAGE.read_text()
    parts = {part.split("\n", 1)[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)}
    assert [threat for threat in THREATS if not any(of == threat for of, _ in STOPS)] == []
    assert [threat for threat in THREATS if parts[threat].count("\nWhat remains: ") != 1] == []


def test_every_asset_leads_to_its_threats_and_every_threat_threatens_one() -> None:
    assert rows(PAGE, ASSETS)
    named = {link.target for link in links(PAGE) if re.match(r"#\d+-", link.target)}
    assert {target[1:].split("-")[0] for target in named} == {threat.split(".")[0] for threat in THREATS}
    assert [int(threat.split(".")[0]) for threat in THREATS] == list(range(1, len(THREATS) + 1))


WRONG = {
    "no code": ([Link("../tests/test_laws.py", "test_laws")], "it names no code"),
    "no test": ([Link("../app.py", "app.py")], "it names no test"),
    "a test that is not there": (
        [Link("../app.py", "app.py"), Link("../tests/test_laws.py", "test_of_nothing")],
        "test_of_nothing is no test of the file that it leads to",
    ),
    "a file that is not there": (
        [Link("../app.py", "app.py"), Link("../tests/test_gone.py", "test_gone")],
        "test_gone is no test of the file that it leads to",
    ),
}


@pytest.mark.parametrize(("stop", "why"), WRONG.values(), ids=WRONG)
def test_a_line_that_proves_nothing_is_found(stop: list[Link], why: str) -> None:
    assert unproven(stop) == why
