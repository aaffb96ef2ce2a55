"""Every command that a page shows exists, and can be typed so; what else stands in a script is followed by a test."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.pages import ROOT, code_blocks
from tests.typed import CALLS, OURS, PAGES, PREFIX, SHELL, meant, refused, shown

FOLLOWED = {
    ROOT / "docs" / "onboarding.md": "e2e/guide.py",
    ROOT / "docs" / "writing-a-remediation.md": "tests/test_recipes.py",
    ROOT / "docs" / "writing-a-rule.md": "tests/test_recipes.py",
}
"""Pages whose blocks a test follows word for word, whatever programs stand in them."""


@pytest.mark.parametrize(("page", "words", "whole"), OURS, ids=[f"{p}: {' '.join(w[1:])}" for p, w, _ in OURS])
def test_a_command_that_a_page_shows_can_be_typed_so(page: str, words: list[str], whole: bool) -> None:
    why = refused(words[1:])
    assert why == "" or (why.startswith("Missing") and not whole)


def test_every_module_that_is_run_by_its_name_is_there() -> None:
    modules = {words[2] for _, call, _ in CALLS for words in meant(call) if words[:2] == ["python", "-m"]}
    assert modules
    found = {name: importlib.util.find_spec(name) for name in modules}
    assert [name for name, spec in found.items() if spec is None] == []


def test_no_page_shows_in_a_script_what_nobody_runs() -> None:
    """What is no call of ours stands only in pages that a test follows word for word."""
    others = [
        (str(page.relative_to(ROOT)), line)
        for page in PAGES
        if page not in FOLLOWED
        for block in code_blocks(page)
        if block.info in SHELL - {""}
        for line in block.text.replace("\\\n", " ").splitlines()
        if line.strip() and not line.startswith("#") and not PREFIX.match(line)
    ]
    assert others == []
    assert [path for path in FOLLOWED.values() if not (ROOT / path).is_file()] == []


WRONG = {
    "a command that is not there": ("countermeasure explode", "there is no command explode"),
    "an option that is not there": ("countermeasure show INCIDENT --loud", "No such option: --loud"),
    "a value that is not taken": ("countermeasure snooze INCIDENT --hours 2", "'2' is not one of"),
    "something missing": ("countermeasure snooze INCIDENT", "Missing option '--hours'"),
    "too much": ("countermeasure ack INCIDENT today", "Got unexpected extra argument"),
    "one of two that is not there": ("countermeasure approve|dare INCIDENT", "there is no command dare"),
}


@pytest.mark.parametrize(("call", "why"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_typed_is_found(call: str, why: str) -> None:
    [found] = [said for words in meant(call) if (said := refused(words[1:]))]
    assert why in found


def test_a_call_is_found_wherever_a_page_has_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`countermeasure show\nX` and `countermeasure-prod`\n\n    make test # all\n\n"
        "```sh\nA=b .venv/bin/countermeasure match X\n```\n\n```json\nmake none\n```\n"
    )
    assert sorted(shown(page)) == [
        ("countermeasure match X", True),
        ("countermeasure show X", False),
        ("make test # all", True),
    ]
    assert [*meant("countermeasure x [a|b] C... # d")] == [
        ["countermeasure", "x", "a", "C"],
        ["countermeasure", "x", "b", "C"],
        ["countermeasure", "x", "C"],
    ]
