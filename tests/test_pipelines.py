"""The pipelines and the onboarding guide name what exists: make targets, commands, options, files; and no AWS key."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore import xform_name
from typer.main import get_command

from cli.main import app
from infrastructure.hub import PARAMETERS
from infrastructure.names import operator, stack

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GUIDE = ROOT / "docs" / "onboarding.md"
STAGES = list(json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"])
OF_THE_CLI = {"query", "output", "profile", "region"}
OWN_COMMANDS = {
    ("cloudformation", "package"): {"template-file", "s3-bucket", "s3-prefix", "use-json", "output-template-file"},
    ("cloudformation", "deploy"): {
        "stack-name",
        "template-file",
        "s3-bucket",
        "s3-prefix",
        "role-arn",
        "capabilities",
        "no-fail-on-empty-changeset",
        "parameter-overrides",
    },
    ("configure", "set"): set(),
    ("s3", "mb"): set(),
}
"""What the AWS CLI does beside AWS's API (AWS CLI command reference)."""

RENAMED = {("sns", "subscribe"): {"endpoint": "notification-endpoint"}}
"""What the AWS CLI calls otherwise, as `--endpoint` would be read as its own `--endpoint-url` (likewise)."""


def guide_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)


def deploy() -> dict[Any, Any]:
    told: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text())
    return told


def scripts() -> Iterator[tuple[str, str]]:
    """Yield every shell script of the guide and of the workflows with its place; continued lines are joined."""
    yield from ((f"onboarding {number}", text) for number, text in enumerate(guide_blocks()))
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            steps = job.get("steps", [])
            yield from ((f"{path.name}: {step['run'][:30]}", step["run"]) for step in steps if "run" in step)


SCRIPTS = {place: text.replace("\\\n", " ") for place, text in scripts()}


def calls(program: str) -> Iterator[list[str]]:
    """Yield the words of every call of a program, those inside `$(...)` too."""
    inner = re.compile(r"\$\(([^()]*)\)")
    for text in SCRIPTS.values():
        for line in text.splitlines():
            for part in (*inner.findall(line), inner.sub("VALUE", line)):
                if found := re.match(rf"(?:\s|[A-Z_]+=\S+\s)*(?:\.venv/bin/)?{program} (.*)", part):
                    yield shlex.split(found[1], comments=True)


def options(words: list[str]) -> set[str]:
    return {word.removeprefix("--").split("=")[0] for word in words if word.startswith("--")}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_job_is_bounded_and_says_what_it_may_do(path: Path) -> None:
    told = yaml.safe_load(path.read_text())
    assert told["permissions"] == {"contents": "read"}
    for name, job in told["jobs"].items():
        assert set(job["permissions"]) <= {"contents", "id-token"}, name
        assert job["permissions"]["contents"] == "read", name
        if "uses" not in job:  # a called workflow bounds its own jobs
            assert job["runs-on"], name
            assert 0 < job["timeout-minutes"] <= 60, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_no_secret_is_read(path: Path) -> None:
    text = path.read_text()
    assert "secrets." not in text
    for used in re.findall(r"uses: (\S+)", text):
        assert re.search(r"@v\d+$|^docker://\S+:\d+\.\d+\.\d+$", used) or (ROOT / used).is_file(), used


@pytest.mark.parametrize("place", SCRIPTS)
def test_every_script_can_be_read_by_the_shell(place: str) -> None:
    read = subprocess.run(["bash", "-n"], input=SCRIPTS[place], text=True, capture_output=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_nothing_that_outsiders_write_becomes_part_of_a_script() -> None:
    assert [place for place, text in SCRIPTS.items() if "${{" in text] == []


def test_only_the_deploying_job_may_ask_for_an_oidc_token_and_it_does_so_in_its_environment() -> None:
    asking = {
        (path.name, name)
        for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text())["jobs"].items()
        if "id-token" in job["permissions"]
    }
    assert asking == {("deploy.yml", "deploy")}
    assert deploy()["jobs"]["deploy"]["environment"] == "${{ inputs.stage || 'dev' }}"
    assert deploy()["jobs"]["deploy"]["needs"] == "test"


def test_the_stages_to_choose_from_are_those_that_can_be_packaged() -> None:
    triggers = deploy()[True]  # YAML 1.1 reads `on` so
    assert triggers["workflow_dispatch"]["inputs"]["stage"]["options"] == STAGES
    assert triggers["push"] == {"branches": ["main"]}
    assert deploy()["concurrency"] == {"group": "deploy-${{ inputs.stage || 'dev' }}", "cancel-in-progress": False}


def test_both_ends_of_the_supported_pythons_run_what_must_pass() -> None:
    job = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert job["steps"][-1] == {"run": ".ci/run"}
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {words[0] for words in calls("make")}
    named |= set(re.findall(r"`make ([a-z0-9-]+)", GUIDE.read_text()))
    assert "package" in named
    assert named <= targets


def test_every_command_of_countermeasure_exists_with_its_options() -> None:
    group = get_command(app)
    named = list(calls("countermeasure"))
    commands = group.commands  # type: ignore[attr-defined]
    assert {words[0] for words in named} == {"archive", "deadletters", "doctor", "match", "replay", "templates"}
    for words in named:
        known = {option for each in commands[words[0]].params for option in each.opts}
        assert {f"--{option}" for option in options(words)} <= known, words


def test_every_call_of_aws_exists_with_its_options_and_lacks_none() -> None:
    session, made = botocore.session.get_session(), list(calls("aws"))
    assert len(made) > 30
    for service, name, *words in made:
        given = options(words) - OF_THE_CLI
        if (service, name) in OWN_COMMANDS:
            assert given <= OWN_COMMANDS[service, name], (service, name)
        elif name == "wait":
            assert words[0] in {xform_name(each, "-") for each in session.get_waiter_model(service).waiter_names}
        else:
            needed, known = taken(session, service, name)
            given = {option.removeprefix("no-") if option not in known else option for option in given}
            assert needed <= given <= known, (service, name, needed - given, given - known)


def taken(session: botocore.session.Session, service: str, name: str) -> tuple[set[str], set[str]]:
    """Return the options that an operation of AWS's API needs, and all that it knows."""
    model = session.get_service_model({"s3api": "s3"}.get(service, service))
    shape = model.operation_model({xform_name(each, "-"): each for each in model.operation_names}[name]).input_shape
    known = {xform_name(each, "-") for each in shape.members} if shape else set()
    required = shape.required_members if shape else []
    shown = RENAMED.get((service, name), {})
    return {xform_name(each, "-") for each in required}, {shown.get(option, option) for option in known}


def test_parameters_and_names_are_those_of_the_hubs_stack() -> None:
    script = next(text for place, text in SCRIPTS.items() if "cloudformation deploy" in text and "deploy.yml" in place)
    assert set(re.findall(r'"(\w+)=\$', script)) == set(PARAMETERS)
    assert f'--stack-name "{stack("$STAGE")}"' in script
    assert f"role/{operator('$STAGE')}" in GUIDE.read_text()
    assert f"role/{operator('STAGE')}`" in GUIDE.read_text()


def test_every_variable_that_the_pipeline_reads_is_explained() -> None:
    read = set(re.findall(r"vars\.([A-Z_]+)", (ROOT / ".github/workflows/deploy.yml").read_text()))
    explained = set(re.findall(r"`([A-Z_]+)`", GUIDE.read_text().split("## Deploy from GitHub")[1]))
    assert read - explained == set()


def test_every_event_that_the_guide_names_exists() -> None:
    named = re.findall(r"(?<![\w/])tests/[\w./-]+", GUIDE.read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_cloudformation_takes_the_template_of_the_pipelines_roles(tmp_path: Path) -> None:
    template = tmp_path / "delivery.yaml"
    template.write_text(re.findall(r"<<'YAML'\n(.*?)^YAML$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)[0])
    lint = subprocess.run(
        [Path(sys.executable).parent / "cfn-lint", template], text=True, capture_output=True, check=False
    )
    assert (lint.returncode, lint.stdout) == (0, "")
