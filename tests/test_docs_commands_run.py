"""Every command that a page shows is run by a test that is named here, with the options that are shown, or by CI."""

from __future__ import annotations

import ast
import itertools
import json
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chalicelib.catalogue import Catalogue
from cli import deployed as deployment_of
from cli.main import app
from lab.organization import Lab
from tests.deployment import STAGE, Deployment, With
from tests.pages import ROOT, code_blocks
from tests.typed import CALLS, OURS, PREFIX, everything, meant, resolved

GUIDE = ROOT / "docs" / "onboarding.md"
MEMBER = "444455556666"
TARGETS = sorted({words[1] for _, call, _ in CALLS for words in meant(call) if words[0] == "make" and len(words) > 1})

RUN_BY = {
    "ack": ("tests/test_cli_decisions.py",),
    "approve": ("tests/test_cli_decisions.py",),
    "archive": ("tests/test_remote.py",),
    "coverage": ("tests/test_coverage.py",),
    "deadletters": ("tests/test_deadletters.py",),
    "demo": ("tests/test_cli_replay.py",),
    "deny": ("tests/test_cli_decisions.py",),
    "doctor": ("tests/test_remote.py", "tests/test_docs_commands_run.py"),
    "escalate": ("tests/test_cli_decisions.py",),
    "incidents": ("tests/test_cli_incidents.py",),
    "match": ("tests/test_cli_match.py",),
    "mode": ("tests/test_cli_mode.py",),
    "new remediation": ("tests/test_cli_new.py",),
    "new rule": ("tests/test_cli_new.py",),
    "pattern": ("tests/test_cli_pattern.py",),
    "replay": ("tests/test_cli_replay.py", "tests/test_remote.py"),
    "report": ("tests/test_report_incident_command.py",),
    "show": ("tests/test_cli_incidents.py",),
    "snooze": ("tests/test_cli_decisions.py",),
    "templates": (
        "tests/test_infrastructure_member.py",
        "tests/test_infrastructure_evidence.py",
        "tests/test_docs_commands_run.py",
    ),
    "undo": ("tests/test_cli_decisions.py",),
    "verify-ledger": ("tests/test_verify_ledger.py",),
}  # fmt: skip
"""The tests that run each command by the very words that people type."""

MADE_BY = {
    "bench": ("tests/test_bench.py", "bench"),
    "check": (".ci/run", "make check"),
    "coverage": ("tests/test_docs_commands_run.py", "test_coverage_is_what_the_tests_are_run_with"),
    "demo": ("tests/test_cli_replay.py", 'run("demo")'),
    "docs": ("tests/test_docs.py", '"docs.generate"'),
    "e2e": (".ci/run", "make e2e"),
    "lock": ("tests/test_docs_commands_run.py", "test_what_is_locked_is_what_the_lists_hold"),
    "package": ("tests/test_packaging.py", '["make", "package"'),
    "setup": ("Makefile", "check: $(READY)"),
    "test": (".ci/run", "make test"),
    "torture": ("tests/test_torture_stories.py", "torture"),
}
"""What runs each target, or its short form, and by which words."""


@cache
def texts(path: Path) -> frozenset[str]:
    """Return every text constant of a test, each word of one that holds several too."""
    found = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
    plain = {text for text in found if isinstance(text, str)}
    return frozenset(plain | {word for text in plain for word in text.split()})


@cache
def invoked(path: Path) -> frozenset[tuple[str, ...]]:
    """Return the texts that the calls of a test begin with: `run("show", id)` and `invoke(app, ["show", id])`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            for given in (node.args, *(each.elts for each in node.args if isinstance(each, ast.List))):
                named = itertools.takewhile(lambda each: isinstance(each, ast.Constant), given)
                said = [str(each.value) for each in named]
                rest = [str(each.value) for each in given if isinstance(each, ast.Constant)]
                found.add(tuple(said[:1]))
                if "cli" in rest:  # python -m cli show
                    found.add(tuple(rest[rest.index("cli") + 1 :][:1]))
    return frozenset(found)


def test_every_command_of_ours_is_run_by_a_test_that_says_so() -> None:
    every = {
        f"{name} {inner}".strip()
        for name, command in everything().commands.items()
        for inner in getattr(command, "commands", {"": None})
    }
    assert every == set(RUN_BY)


@pytest.mark.parametrize("command", RUN_BY)
def test_the_test_that_is_named_runs_the_command(command: str) -> None:
    heads = {(word,) for word in command.split()}
    assert [path for path in RUN_BY[command] if heads <= invoked(ROOT / path)] != []


@pytest.mark.parametrize("command", RUN_BY)
def test_it_is_run_with_the_options_and_the_words_that_are_shown(command: str) -> None:
    wanted = {
        word
        for _, words, _ in OURS
        for name, _, left in [resolved(words[1:])]
        if name == command
        for word in typed(left)
    }
    there = frozenset().union(*(texts(ROOT / path) for path in (*RUN_BY[command], "tests/on_call.py")))
    assert sorted(wanted - there - in_the_guide(command)) == []


def typed(words: list[str]) -> set[str]:
    """Return the options, and what is written as it stands: not what is to be replaced, nor an option's value."""
    pairs = zip(["", *words], words, strict=False)
    return {
        word
        for before, word in pairs
        if re.fullmatch(r"--[a-z][a-z-]*", word) or (re.fullmatch(r"[a-z]+", word) and not before.startswith("--"))
    }


@cache
def in_the_guide(command: str) -> frozenset[str]:
    """Return the words of a command as the guide's blocks have it: `make e2e` follows them word for word."""
    found = [PREFIX.match(line) for block in code_blocks(GUIDE) for line in block.text.splitlines()]
    calls = [shlex.split(each["call"], comments=True)[1:] for each in found if each]
    return frozenset(word for words in calls if words[: len(command.split())] == command.split() for word in words)


def test_every_target_of_make_exists_and_is_run() -> None:
    makefile = (ROOT / "Makefile").read_text()
    there = set(re.findall(r"^([a-z0-9-]+):.*##", makefile, re.MULTILINE))
    assert {"demo", "test", "torture", "lock"} <= set(TARGETS) <= there
    assert [target for target in TARGETS if target not in MADE_BY] == []
    for target, (path, words) in MADE_BY.items():
        assert target in there
        assert words in (ROOT / path).read_text(), target


def test_ci_runs_what_is_said_to_be_run_by_it() -> None:
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text()
    assert "run: .ci/run" in workflow
    assert "make demo" not in workflow
    for target, module in {"demo": "countermeasure demo", "e2e": "-m e2e", "docs": "-m docs.generate"}.items():
        assert module in recipe(target)


def test_coverage_is_what_the_tests_are_run_with() -> None:
    """`make coverage` is `make test` with one more option: what CI runs, measured."""
    [test], [coverage] = ([line for line in recipe(target).splitlines() if line] for target in ("test", "coverage"))
    assert set(shlex.split(test)) <= set(shlex.split(coverage))
    assert [word for word in shlex.split(coverage) if word not in shlex.split(test)] == [
        "--cov", "--cov-report=term", "--cov-fail-under=95",
    ]  # fmt: skip


def test_what_is_locked_is_what_the_lists_hold() -> None:
    """`make lock` asks the package index, so people run it by hand: that they did since the ranges changed, is seen."""
    outputs = re.findall(r"-o (\S+)", recipe("lock"))
    assert outputs == ["requirements.txt", "requirements-dev.txt"]
    project = (ROOT / "pyproject.toml").read_text()
    named = set(re.findall(r'^    "([a-z0-9-]+)(?:\[[a-z0-9,]+\])?>=', project, re.MULTILINE))
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,]+\])?==", (ROOT / outputs[1]).read_text(), re.MULTILINE))
    assert len(named) > 15
    assert named - locked == set()


def test_what_runs_in_lambda_is_what_its_author_published() -> None:
    """pip takes a package with hashes only if it has one of them (secure installs); `chalice package` asks pip."""
    [made] = [line for line in recipe("lock").splitlines() if line.endswith("-o requirements.txt")]
    assert "--generate-hashes" in made
    packages = re.split(r"^(?=[a-z])", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)[1:]
    assert len(packages) == 4
    assert [each for each in packages if not re.search(r"==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", each)] == []


def test_the_doctor_of_one_account_needs_the_hub_first(
    lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Deployment(lab, catalogue)
    made.instead["sts"] = With(made.aws("sts"), get_caller_identity=lambda _: {"Account": MEMBER, "Arn": "a"})
    monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: made.deployed)
    said = CliRunner().invoke(app, ["doctor", "--stage", STAGE, "--account", MEMBER, "--json"])
    [check] = [json.loads(line) for line in said.stdout.splitlines()]
    assert (said.exit_code, check["name"], check["status"]) == (1, "credentials", "fail")


def test_a_region_lock_is_printed_for_the_regions_that_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "organization.toml"
    path.write_text((ROOT / "organization.toml").read_text().replace("allowed = []", 'allowed = ["us-east-1"]'))
    said = CliRunner().invoke(app, ["templates", "scp", "--region-lock", "--organization", str(path)])
    statements = {each["Sid"]: each for each in json.loads(said.stdout)["Statement"]}
    assert statements["Regions"]["Condition"]["StringNotEquals"] == {"aws:RequestedRegion": ["us-east-1"]}


def recipe(target: str) -> str:
    """Return what a target of the Makefile runs."""
    found = re.search(rf"^{target}:.*##.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found, target
    return found[1].replace("\t@", "").replace("\t", "")
