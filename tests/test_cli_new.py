"""`countermeasure new`: what it writes is what the tests ask for, says what is left to do, and replaces nothing."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.errors import InvalidCatalogue
from chalicelib.findings import parse
from chalicelib.model import Remediation, Resource, Rule, Standing
from chalicelib.pattern import compile_pattern
from chalicelib.patterns import SOURCES
from cli import new as command
from cli.main import app
from cli.new_unit import scene_file
from lab.scene import Scene

ROOT = Path(__file__).parents[1]
KEY = ("--resource-type", "AWS::KMS::Key")
CALL = ("--call", "kms:DisableKeyRotation", "--request", '{"keyId": "alias/orders"}', "--ignores", "kms:EnableKey")
THERE = {
    "remediations/kms/__init__.py",
    "remediations/kms/enable_key.py",
    "lab/scenes/kms_key.py",
    "rules/cloudtrail/key_made_unusable.py",
    "tests/events/cloudtrail.key_made_unusable/fires.disabled.json",
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that has one remediation, its scene, and its rule with an event."""
    for path in THERE:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    monkeypatch.setattr(command, "CHECKOUT", tmp_path)
    return tmp_path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["new", *arguments])


def written(checkout: Path) -> set[str]:
    return {str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_file()} - THERE


def module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"new_{path.stem}", path)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_a_remediation_is_begun_with_its_footprint(checkout: Path) -> None:
    said = run("remediation", "kms.enable_rotation", *KEY)
    assert said.exit_code == 0, said.output
    files = {"remediations/kms/enable_rotation.py", "tests/footprints/kms.enable_rotation.txt"}
    assert written(checkout) == files
    assert said.output.splitlines()[:2] == [f"wrote {path}" for path in sorted(files)]
    assert "docs/writing-a-remediation.md leads through it" in said.output


def test_what_is_begun_fails_and_says_what_to_fill_in(checkout: Path) -> None:
    run("remediation", "kms.enable_rotation", *KEY)
    unit = module(checkout / "remediations/kms/enable_rotation.py").remediation
    assert isinstance(unit, Remediation)
    assert (unit.id, unit.resource_type) == ("kms.enable_rotation", "AWS::KMS::Key")
    key = Resource("AWS::KMS::Key", "1", "111122223333", "eu-central-1")
    for name, call in {
        "read": lambda: unit.read(None, key),
        "desired": lambda: unit.desired(None, key),
        "write": lambda: unit.write(None, key, None, None),
    }.items():
        with pytest.raises(NotImplementedError, match=f"{name}: FILL IN: "):
            call()
    for path in written(checkout):
        assert "FILL IN" in (checkout / path).read_text(), path


def test_a_type_without_a_scene_and_a_service_without_a_folder_get_theirs(checkout: Path) -> None:
    assert run("remediation", "efs.encrypt_mounts", "--resource-type", "AWS::EFS::MountTarget").exit_code == 0
    assert written(checkout) == {
        "remediations/efs/__init__.py",
        "remediations/efs/encrypt_mounts.py",
        "tests/footprints/efs.encrypt_mounts.txt",
        "lab/scenes/efs_mount_target.py",
    }
    scene = module(checkout / "lab/scenes/efs_mount_target.py").scene
    assert (type(scene), scene.resource_type) == (Scene, "AWS::EFS::MountTarget")
    with pytest.raises(NotImplementedError, match="make: FILL IN: "):
        scene.make(None, None)  # type: ignore[arg-type]


def test_the_scene_of_a_type_is_found_wherever_it_is() -> None:
    types = {
        kind: str(path.relative_to(ROOT))
        for path in (ROOT / "lab/scenes").glob("*.py")
        for kind in re.findall(r'resource_type="([^"]+)"', path.read_text())
    }
    assert len(types) == len(list((ROOT / "lab/scenes").glob("[!_]*.py")))
    assert {kind: scene_file(ROOT, kind) for kind in types} == types


def test_a_shape_is_for_a_scene_that_is_there(checkout: Path) -> None:
    assert run("remediation", "kms.enable_rotation", *KEY, "--shape").exit_code == 0
    shape = module(checkout / "lab/shapes/kms_enable_rotation.py")
    for function in (shape.instead, shape.drift):
        with pytest.raises(NotImplementedError, match=f"{function.__name__}: FILL IN: "):
            function(None, None)
    refused = run("remediation", "efs.encrypt", "--resource-type", "AWS::EFS::FileSystem", "--shape")
    assert isinstance(refused.exception, InvalidCatalogue)
    assert "has no scene yet" in str(refused.exception)


def test_a_rule_that_answers_is_begun_with_its_call(checkout: Path) -> None:
    said = run("rule", "cloudtrail.key_rotation_disabled", "--answer", "kms.enable_key", *CALL)
    assert said.exit_code == 0, said.output
    events = "tests/events/cloudtrail.key_rotation_disabled"
    assert written(checkout) == {
        "rules/cloudtrail/key_rotation_disabled.py",
        *(f"{events}/{name}.json" for name in ("fires.called", "ignores.failed_call", "ignores.other_call")),
    }
    rule = module(checkout / "rules/cloudtrail/key_rotation_disabled.py").rule
    assert isinstance(rule, Rule)
    assert [unit.id for unit in rule.respond] == ["kms.enable_key"]
    assert rule.resources == {"AWS::KMS::Key": "detail.requestParameters.keyId"}
    assert "FILL IN" not in "".join(path.read_text() for path in (checkout / events).iterdir())
    failed = json.loads((checkout / events / "ignores.failed_call.json").read_text())
    assert failed["detail"].pop("errorCode")
    assert compile_pattern(rule.pattern).matches(failed), "it is the failure alone that keeps it from firing"


def test_answers_of_one_name_and_of_a_folder_that_python_has_for_itself_are_imported(checkout: Path) -> None:
    answers = ("iam.deny_user", "lambda.stop_function", "sns.remove_public_policy", "sqs.remove_public_policy")
    said = run("rule", "guardduty.everything_at_once", *(part for each in answers for part in ("--answer", each)))
    assert said.exit_code == 0, said.output
    rule = module(checkout / "rules/guardduty/everything_at_once.py").rule
    assert tuple(unit.id for unit in rule.respond) == answers


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_begins_with_an_event_in_its_form_and_two_that_the_rule_ignores(
    checkout: Path, source: str
) -> None:
    assert run("rule", f"{source}.something_new").exit_code == 0
    path = checkout / f"rules/{source}/something_new.py"
    matches = compile_pattern(module(path).rule.pattern).matches
    events = {
        each.name: json.loads(each.read_text())
        for each in (checkout / f"tests/events/{source}.something_new").iterdir()
    }
    assert len(events) == len({event["id"] for event in events.values()}) == 3
    assert {name: matches(event) for name, event in events.items()} == {
        name: name.startswith("fires.") for name in events
    }
    fires = next(event for name, event in events.items() if name.startswith("fires."))
    filled = json.loads(json.dumps(fires).replace("FILL IN", "example"))
    assert [(each.source, each.standing) for each in parse(filled)] == [(source, Standing.ACTIVE)]


def test_what_is_begun_is_in_the_projects_style(checkout: Path) -> None:
    run("remediation", "kms.enable_rotation", *KEY, "--shape")
    run("remediation", "efs.encrypt", "--resource-type", "AWS::EFS::FileSystem")
    for source in SOURCES:
        run("rule", f"{source}.something_new", "--answer", "kms.enable_key", "--answer", "lambda.stop_function")
    made = sorted(str(checkout / path) for path in written(checkout) if path.endswith(".py"))
    assert len(made) == 4 + 1 + len(SOURCES)
    for check in (["check"], ["format", "--check"]):
        ruff = [
            str(Path(sys.executable).with_name("ruff")),
            *check,
            "--no-cache",
            "--config",
            str(ROOT / "pyproject.toml"),
        ]
        done = subprocess.run([*ruff, *made], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


REFUSED = {
    "a remediation that is there": (
        ("remediation", "kms.enable_key", *KEY),
        "kms/enable_key.py: is there",
    ),
    "a rule that is there": (("rule", "cloudtrail.key_made_unusable"), "key_made_unusable.py: is there already"),
    "no folder": (("rule", "key_lost"), "'key_lost': no name; it is FOLDER.FILE"),
    "capitals": (("remediation", "KMS.EnableKey", *KEY), "'KMS.EnableKey': no name"),
    "a way out": (("rule", "../cloudtrail.x"), "'../cloudtrail.x': no name"),
    "a line break": (("rule", "cloudtrail.x\n"), r"'cloudtrail.x\n': no name"),
    "a word of Python": (("rule", "cloudtrail.import"), "'cloudtrail.import': no name"),
    "no service": (("remediation", "spaceships.land", *KEY), "no service; take one of kms, or another as boto3"),
    "no source": (("rule", "spaceships.landed"), "no source of events; take one of guardduty, securityhub, config"),
    "no type": (("remediation", "kms.turn", "--resource-type", "Key"), "Key: no type of resource; name it as"),
    "no remediation": (("rule", "health.x", "--answer", "kms.nothing"), "--answer kms.nothing: no such remediation"),
    "another module": (("rule", "health.x", "--answer", "s3.policies"), "--answer s3.policies: no such"),
    "a call elsewhere": (("rule", "health.x", "--call", "kms:DisableKey"), "are for rules of cloudtrail"),
    "no call": (("rule", "cloudtrail.x", "--call", "DisableKey"), "--call 'DisableKey': no call; it is SERVICE:NAME"),
    "two services": (
        ("rule", "cloudtrail.x", "--call", "kms:A1", "--ignores", "s3:B2"),
        "--ignores s3:B2: take",
    ),
    "no JSON": (("rule", "cloudtrail.x", "--call", "kms:A1", "--request", "keyId"), "--request: no JSON"),
    "no object": (
        ("rule", "cloudtrail.x", "--call", "kms:A1", "--request", "[]"),
        "--request: takes what",
    ),
}


@pytest.mark.parametrize(("arguments", "why"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_in_one_line_and_writes_nothing(checkout: Path, arguments: tuple[str, ...], why: str) -> None:
    refused = run(*arguments)
    assert isinstance(refused.exception, InvalidCatalogue), refused.output
    assert why in str(refused.exception)
    assert "\n" not in str(refused.exception)
    assert written(checkout) == set()
    for path in THERE:
        assert (checkout / path).read_bytes() == (ROOT / path).read_bytes()


def test_one_file_that_is_there_keeps_all_others_from_being_written(checkout: Path) -> None:
    kept = checkout / "tests/events/cloudtrail.x_happened/ignores.failed_call.json"
    kept.parent.mkdir()
    kept.write_text("mine")
    refused = run("rule", "cloudtrail.x_happened", *CALL)
    assert "ignores.failed_call.json: is there already" in str(refused.exception)
    assert written(checkout) == {str(kept.relative_to(checkout))}
    assert kept.read_text() == "mine"


@pytest.mark.parametrize("arguments", [("remediation", "kms.x_it", *KEY), ("rule", "health.x")], ids=["one", "other"])
def test_elsewhere_than_in_a_checkout_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(command, "CHECKOUT", tmp_path)
    refused = run(*arguments)
    assert "in a checkout of countermeasure only" in str(refused.exception)
    assert list(tmp_path.iterdir()) == []
