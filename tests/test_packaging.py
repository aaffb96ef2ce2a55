"""What `make package` makes: a zip that runs by itself in Lambda, and the template that deploys it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.patterns import LIMIT, SOURCES, heard, size

ROOT = Path(__file__).parents[1]
MEGABYTE = 1_000_000
BESIDE = ("heartbeat", "upkeep", "daily", "decide")
"""The functions beside those of the sources, and the endpoint, whose handler is the app itself."""
UNREACHABLE = re.compile(r"ConnectionError|Max retries|Temporary failure|NewConnectionError|No matching distribution")
LAMBDA_BRINGS = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six.py", "jmespath")

pytestmark = pytest.mark.xdist_group("package")


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it was made: the zip, the folder that it unpacks to, and the template."""

    tree: Path
    zip: Path
    unpacked: Path
    template: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        with zipfile.ZipFile(self.zip) as archive:
            return archive.namelist()


def make(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run `make package` in a checkout, with this Python's environment instead of one that it would make."""
    # Not by `-o`: BSD's make has no such option.
    (tree / ".venv").mkdir(exist_ok=True)
    (tree / ".venv" / ".ready").touch()
    command = ["make", "package", "STAGE=dev", f"BIN={Path(sys.executable).parent}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAKE"))}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    tree = tmp_path_factory.mktemp("checkout") / "countermeasure"
    left = shutil.ignore_patterns(".git", ".venv", "build", "deployments", "tests", "__pycache__", ".*_cache", "*.zip")
    shutil.copytree(ROOT, tree, symlinks=True, ignore=left)
    stale = tree / "rules" / "health" / "__pycache__" / "access_key_exposed.cpython-39.pyc"
    stale.parent.mkdir()
    stale.write_bytes(b"compiled by whoever worked here")
    done = make(tree)
    if done.returncode and UNREACHABLE.search(done.stdout + done.stderr):
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stdout + done.stderr
    unpacked = tree.parent / "task"
    with zipfile.ZipFile(tree / "build/dev/deployment.zip") as archive:
        archive.extractall(unpacked)
    template = json.loads((tree / "build/dev/sam.json").read_text())
    return Package(tree, tree / "build/dev/deployment.zip", unpacked, template)


class TestZip:
    def test_it_holds_the_functions_with_what_they_import_and_nothing_else(self, package: Package) -> None:
        top = {name.split("/")[0] for name in package.names}
        assert {name for name in top if not name.endswith((".dist-info", ".data"))} == {
            "app.py", "organization.toml", "chalicelib", "rules", "remediations",
            "chalice", "aws_lambda_powertools", "jmespath", "slack_sdk", "slack", "typing_extensions.py", "__pycache__",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "name", ["cli", "lab", "infrastructure", "e2e", "tests", "docs", "moto", "pytest", "boto3", "botocore",
                 "chalice/cli", "chalice/deploy", "aws_xray_sdk", ".chalice", "pyproject.toml"],
    )  # fmt: skip
    def test_it_does_not_hold(self, package: Package, name: str) -> None:
        assert [each for each in package.names if each == name or each.startswith(f"{name}/")] == []

    def test_every_file_of_our_packages_is_in_it(self, package: Package) -> None:
        ours = [
            path for name in ("chalicelib", "rules", "remediations") for path in (package.tree / name).rglob("*.py")
        ]
        assert {str(path.relative_to(package.tree)) for path in ours} <= set(package.names)
        assert (package.unpacked / "organization.toml").read_text() == (ROOT / "organization.toml").read_text()

    def test_it_is_at_most_four_megabytes(self, package: Package) -> None:
        assert MEGABYTE < package.zip.stat().st_size <= 4 * MEGABYTE

    def test_what_a_checkout_has_compiled_for_itself_is_not_in_it(self, package: Package) -> None:
        compiled = [name for name in package.names if name.endswith(".pyc")]
        tag = sys.implementation.cache_tag
        assert len(compiled) > 100
        assert [name for name in compiled if f".{tag}.pyc" not in name] == []

    def test_the_same_sources_make_the_same_zip(self, package: Package) -> None:
        first = package.zip.read_bytes()
        assert make(package.tree).returncode == 0
        assert package.zip.read_bytes() == first


ALONE = """
import json, os, sys
task, runtime = sys.argv[1:]
sys.path[:] = [task, *[path for path in sys.path if "site-packages" not in path], runtime]
import app
from chalicelib import functions
from chalicelib.catalogue import load
handlers = [name for name in {functions!r} if callable(getattr(app, name))]
for name in {functions!r}:
    app.prepare("app." + name)
catalogue = load()
files = {{name: getattr(module, "__file__", None) for name, module in sys.modules.items()}}
outside = sorted(name for name, file in files.items() if file and not file.startswith((task, runtime, {standard!r})))
print(json.dumps({{
    "handlers": handlers,
    "rules": sorted(catalogue.rules),
    "remediations": sorted(catalogue.remediations),
    "hub": functions.organization.read(functions.ORGANIZATION).hub,
    "outside": outside,
}}))
"""


def start(task: Path, runtime: Path) -> dict[str, Any]:
    """Import an unpacked zip in a Python that has nothing but it, the standard library, and what Lambda brings."""
    code = ALONE.format(functions=[*SOURCES, *BESIDE, "app"], standard=str(Path(os.__file__).parent))
    command = [sys.executable, "-I", "-S", "-B", "-c", code, str(task), str(runtime)]
    environment = {
        "AWS_LAMBDA_FUNCTION_NAME": "countermeasure-dev-guardduty",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LEDGER_TABLE": "countermeasure",
    }
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runtime")
    for name in LAMBDA_BRINGS:
        (folder / name).symlink_to(Path(boto3.__file__).parents[1] / name)
    return folder


@pytest.fixture(scope="module")
def alone(package: Package, runtime: Path) -> dict[str, Any]:
    return start(package.unpacked, runtime)


class TestAlone:
    def test_it_imports_from_itself_alone(self, alone: dict[str, Any]) -> None:
        assert alone["outside"] == []

    def test_every_function_is_there(self, alone: dict[str, Any]) -> None:
        assert set(alone["handlers"]) == {*SOURCES, *BESIDE, "app"}

    def test_it_finds_every_rule_and_remediation(self, alone: dict[str, Any], catalogue: Catalogue) -> None:
        assert alone["rules"] == sorted(catalogue.rules)
        assert alone["remediations"] == sorted(catalogue.remediations)

    def test_it_brings_the_organization(self, alone: dict[str, Any]) -> None:
        assert re.search(rf'^hub = "{alone["hub"]}"', (ROOT / "organization.toml").read_text(), re.MULTILINE)

    def test_nothing_is_compiled_when_it_starts(
        self, package: Package, runtime: Path, alone: dict[str, Any], tmp_path: Path
    ) -> None:
        shutil.copytree(package.unpacked, tmp_path / "task")
        sources = [path for name in ("chalicelib", "rules", "remediations", "chalice", "jmespath")
                   for path in (tmp_path / "task" / name).rglob("*.py")]  # fmt: skip
        for source in [tmp_path / "task" / "app.py", *sources]:
            source.write_text("no Python at all: whoever compiles this fails")
        assert start(tmp_path / "task", runtime) == alone


def functions(template: Mapping[str, Any]) -> dict[str, Any]:
    return {
        each["Properties"]["Handler"]: each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Serverless::Function"
    }


class TestTemplate:
    def test_it_has_every_function(self, package: Package) -> None:
        found = functions(package.template)
        assert set(found) == {f"app.{name}" for name in [*SOURCES, *BESIDE, "app"]}
        python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        kept = ("Runtime", "Architectures", "MemorySize", "Tracing", "CodeUri")
        assert {json.dumps({key: each[key] for key in kept}) for each in found.values()} == {
            json.dumps(dict(zip(kept, (python, ["arm64"], 1024, "Active", "./deployment.zip"), strict=True)))
        }
        assert {handler: each["Timeout"] for handler, each in found.items()} == {
            handler: 900 if handler == "app.daily" else 60 for handler in found
        }

    @pytest.mark.parametrize("source", SOURCES)
    def test_a_function_is_invoked_for_the_patterns_of_its_rules(
        self, package: Package, catalogue: Catalogue, source: str
    ) -> None:
        events = functions(package.template)[f"app.{source}"]["Events"].values()
        rules = [rule for id_, rule in catalogue.rules.items() if id_.startswith(f"{source}.")]
        assert [event["Properties"]["Pattern"] for event in events] == [*heard(rules, {"Ref": "AWS::AccountId"})]
        assert max(size(pattern) for pattern in heard(rules, "222222222222")) <= LIMIT

    def test_a_function_knows_its_stage_its_ledger_and_its_name(self, package: Package) -> None:
        for handler, found in functions(package.template).items():
            given = found["Environment"]["Variables"]
            name = handler.removeprefix("app.").replace("app", "slack")
            assert {"LEDGER_TABLE", "DECIDE_FUNCTION" if name == "slack" else "TOPIC_ARN"} <= set(given)
            assert (given["STAGE"], given["POWERTOOLS_SERVICE_NAME"]) == ("dev", name)
            assert given["POWERTOOLS_METRICS_NAMESPACE"] == "Countermeasure"
