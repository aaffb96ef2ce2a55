"""The recipes of docs/ are followed word for word in a copy of the checkout, and lead where they say they do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
COPIED = ("docs", "lab", "remediations", "rules", "tests")
LINKED = (
    ".chalice",
    "app.py",
    "chalicelib",
    "cli",
    "infrastructure",
    "Makefile",
    "organization.toml",
    "pyproject.toml",
)
STEP = re.compile(
    r"^(?:`(?P<path>[^`\n]+)`:\n\n)?```(?P<kind>sh|python|text)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
MOST = 60
"""The lines that a remediation takes with its rule, at most, everything counted that is typed or pasted."""

pytestmark = pytest.mark.xdist_group("recipes")


@dataclass(frozen=True, slots=True)
class Step:
    """A command with what it is said to print (then it fails), or a file and what is written into it."""

    command: str = ""
    prints: str = ""
    path: str = ""
    text: str = ""


def steps(page: str) -> list[Step]:
    """Return the steps of a recipe, in order: each line of a shell block, and each block under a path."""
    found: list[Step] = []
    for block in STEP.finditer((ROOT / "docs" / page).read_text()):
        if block["path"]:
            found.append(Step(path=block["path"], text=block["text"]))
        elif block["kind"] == "sh":
            found += [Step(command=line) for line in block["text"].splitlines()]
        else:
            found[-1] = Step(command=found[-1].command, prints=block["text"])
    return found


REMEDIATION, RULE = steps("writing-a-remediation.md"), steps("writing-a-rule.md")
DOCS = Step(command="make docs")
PERMISSIONS = Step(command=".venv/bin/countermeasure templates member")


@dataclass(frozen=True, slots=True)
class Followed:
    """A checkout after its recipes: what each command did, and the files that are not as they were."""

    tree: Path
    done: Sequence[tuple[Step, dict[str, Any]]]
    changed: frozenset[str]

    def said(self, command: str) -> str:
        """Return what the last command that begins so printed."""
        return str([did["said"] for step, did in self.done if step.command.startswith(command)][-1])


def contents(tree: Path) -> dict[str, bytes]:
    files = (path for path in tree.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(tree)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    tree = tmp_path_factory.mktemp("checkout") / "countermeasure"
    left = shutil.ignore_patterns(".*_cache", "*.png")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=left)
    for name in LINKED:
        (tree / name).symlink_to(ROOT / name)
    before = contents(tree)
    taken = [each for each in (*REMEDIATION, *RULE) if each != DOCS] + [DOCS, PERMISSIONS]  # both end with `make docs`
    told = [{"command": each.command} if each.command else {"path": each.path, "text": each.text} for each in taken]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_", "COV_"))}
    run = subprocess.run(
        [sys.executable, "tests/following.py"],
        cwd=tree,
        env={**ours, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # none is needed, and one takes seconds to load
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    after = contents(tree)
    changed = frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))
    return Followed(tree, list(zip(taken, json.loads(run.stdout), strict=True)), changed)


def test_every_command_does_what_the_recipes_say(followed: Followed) -> None:
    assert [(step.command, did["said"]) for step, did in followed.done if bool(did["code"]) != bool(step.prints)] == []
    for step, did in followed.done:
        assert [line for line in step.prints.splitlines() if line not in did["said"]] == [], did["said"]


def test_a_remediation_with_its_rule_takes_less_than_sixty_lines() -> None:
    typed = [line for step in REMEDIATION for line in (step.command or step.text).splitlines()]
    files = [step.path for step in REMEDIATION if step.path]
    assert files == [
        "remediations/kms/enable_rotation.py",
        "rules/cloudtrail/key_rotation_disabled.py",
        "tests/footprints/kms.enable_rotation.txt",
    ]
    written = sum(len(step.text.splitlines()) for step in REMEDIATION if step.path)
    assert 40 < written < MOST, written
    assert len(typed) == written + sum(1 for step in REMEDIATION if step.command)


def test_no_other_file_is_touched(followed: Followed) -> None:
    events = {
        f"tests/events/cloudtrail.{rule}/{name}.json"
        for rule in ("key_rotation_disabled", "key_rotated_by_hand")
        for name in ("fires.called", "ignores.failed_call", "ignores.other_call")
    }
    files = {step.path for step in (*REMEDIATION, *RULE) if step.path}
    assert followed.changed == events | files | {"docs/catalogue.md", "docs/coverage.md"}
    assert [path for path in files | events if (ROOT / path).exists()] == [], "take another example"


def test_all_seven_laws_and_the_rules_tests_were_run_on_it(followed: Followed) -> None:
    said = followed.said(".venv/bin/python -m pytest tests/test_laws.py")
    passed = re.search(r"^(\.+) +\[100%\]$", said, re.MULTILINE)
    assert passed, said
    assert len(passed[1]) >= 8 + 16


def test_its_own_event_is_answered_and_taken_back(followed: Followed) -> None:
    matched = followed.said(".venv/bin/countermeasure match tests/events/cloudtrail.key_rotation_disabled")
    assert "3 events: 1 fire a rule, 2 fire none, 0 malformed" in " ".join(matched.split()), matched
    replayed = " ".join(followed.said(".venv/bin/countermeasure replay").split())
    assert "rotates: false -> rotates: true" in replayed
    assert "Undone: kms.enable_rotation on 1234abcd-12ab-34cd-56ef-1234567890ab." in replayed


def test_every_account_is_given_its_permissions_and_no_more(followed: Followed) -> None:
    template = followed.said(PERMISSIONS.command)
    added = set(re.findall(r'"(kms:\w*Rotation\w*)"', template))
    assert added == {"kms:GetKeyRotationStatus", "kms:EnableKeyRotation", "kms:DisableKeyRotation"}


def test_the_catalogue_of_the_docs_has_both_rules(followed: Followed) -> None:
    page = (followed.tree / "docs" / "catalogue.md").read_text()
    assert "| `cloudtrail.key_rotation_disabled` | Rotation of a KMS key was turned off | low |" in page
    assert "| `cloudtrail.key_rotated_by_hand` | KMS key was rotated by hand | low | told |" in page
    assert "### kms.enable_rotation" in page


@pytest.mark.parametrize("path", [step.path for step in (*REMEDIATION, *RULE) if step.path.endswith(".py")])
def test_what_is_to_be_written_is_in_the_projects_style(followed: Followed, path: str) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    for check in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [str(ruff), *check, "--no-cache", path], cwd=followed.tree, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
