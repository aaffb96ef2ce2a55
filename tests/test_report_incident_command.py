"""`countermeasure report`: what it writes where, and what it says of what cannot be written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from chalicelib.catalogue import Catalogue
from chalicelib.model import Incident
from cli import deployed as deployment_of
from cli.deployed import Deployed
from lab.organization import embedded
from tests.on_call import OnCall, on_call

ROOT = Path(__file__).parents[1]
TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
FORMS = {".html": "<!DOCTYPE html>\n", ".md": "# CloudTrail logging was stopped\n", ".json": "{\n"}


@pytest.fixture(scope="module")
def stage(catalogue: Catalogue) -> Iterator[OnCall]:
    with embedded() as lab:
        yield on_call(lab, catalogue)


@pytest.fixture(scope="module")
def incident(stage: OnCall) -> Incident:
    return stage.happens(TRAIL)


@pytest.fixture(autouse=True)
def here(stage: OnCall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own, and reach the stage."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(deployment_of, "deployed", lambda stage_, region: stage.deployed)
    return tmp_path


@pytest.mark.parametrize(("form", "begins"), FORMS.items(), ids=FORMS)
def test_the_name_of_the_file_says_what_is_written(
    stage: OnCall, incident: Incident, here: Path, form: str, begins: str
) -> None:
    result = stage.run("report", incident.id, "--out", f"found{form}")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"found{form}\n", "")
    written = (here / f"found{form}").read_text()
    assert written.startswith(begins)
    assert incident.id in written


def test_without_a_name_it_is_a_page_named_after_the_incident(stage: OnCall, incident: Incident, here: Path) -> None:
    result = stage.run("report", incident.id)
    assert (result.exit_code, result.stdout) == (0, f"{incident.id}.html\n")
    assert [path.name for path in here.iterdir()] == [f"{incident.id}.html"]


@pytest.mark.parametrize(("out", "form"), {"-": ".md", "-.md": ".md", "-.html": ".html", "-.json": ".json"}.items())
def test_a_dash_is_standard_output(stage: OnCall, incident: Incident, here: Path, out: str, form: str) -> None:
    result = stage.run("report", incident.id, "--out", out)
    assert (result.exit_code, list(here.iterdir())) == (0, [])
    assert result.stdout.startswith(FORMS[form])


def test_what_is_there_is_replaced_as_a_whole(stage: OnCall, incident: Incident, here: Path) -> None:
    (here / "found.md").write_text("x" * 100_000)
    assert stage.run("report", incident.id, "--out", "found.md").exit_code == 0
    assert (here / "found.md").read_text().startswith(FORMS[".md"])
    assert [path.name for path in here.iterdir()] == ["found.md"]


def test_another_stage_is_named_in_the_commands(stage: OnCall, incident: Incident, here: Path) -> None:
    assert stage.run("report", incident.id, "--out", "found.json").exit_code == 0
    told = json.loads((here / "found.json").read_text())
    name = stage.deployed.stage
    assert told["stage"] == name
    own = "" if name == "prod" else f" --stage {name}"
    assert told["commands"] == [f"countermeasure ack {incident.id}{own}"]


def test_a_period_is_audited(stage: OnCall, incident: Incident, here: Path) -> None:
    result = stage.run("report", "--since", "24h", "--out", "audit.json")
    assert (result.exit_code, result.stdout) == (0, "audit.json\n")
    assert json.loads((here / "audit.json").read_text())["schema_version"] == 1
    assert stage.run("report", "--since", "24h").stdout.startswith("audit-20")


WRONG = {
    "another form": (("report", "inc-1", "--out", "a.pdf"), "--out 'a.pdf' does not say what to write: end it with"),
    "no form": (("report", "inc-1", "--out", "a"), "--out 'a' does not say what to write"),
    "no such incident": (("report", "inc-nobody"), "no incident 'inc-nobody' is in the ledger"),
    "no such folder": (("report", "INCIDENT", "--out", "no/such/a.html"), "no/such/a.html cannot be written: No such"),
    "a folder": (("report", "INCIDENT", "--out", "folder.html"), "folder.html cannot be written: Is a directory"),
    "no time": (("report", "--since", "yesterday"), "--since 'yesterday' is no time in the past"),
    "no end": (("report", "--since", "24h", "--until", "soon"), "--until 'soon' is no time: write"),
    "an end before": (("report", "--since", "1h", "--until", "2020-01-01"), "--until is not after --since"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_written_is_one_line(
    stage: OnCall, incident: Incident, here: Path, arguments: tuple[str, ...], said: str
) -> None:
    (here / "folder.html").mkdir()
    result = stage.run(*(incident.id if each == "INCIDENT" else each for each in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"countermeasure: {said}")
    assert result.stderr.count("\n") == 1
    assert [path.name for path in here.iterdir()] == ["folder.html"]


@pytest.mark.parametrize("arguments", [(), ("inc-1", "--since", "1h"), ("inc-1", "--until", "2026-01-01")])
def test_it_is_of_an_incident_or_of_a_period(stage: OnCall, arguments: tuple[str, ...]) -> None:
    result = stage.run("report", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_nothing_is_asked_of_aws_for_a_name_that_cannot_be(monkeypatch: pytest.MonkeyPatch, stage: OnCall) -> None:
    def asked(*_: str) -> Deployed:
        raise AssertionError("AWS was asked")

    monkeypatch.setattr(deployment_of, "deployed", asked)
    assert stage.run("report", "inc-1", "--out", "a.pdf").exit_code == 2


def test_the_templates_are_packaged() -> None:
    shipped = {each.distribution_path for each in WheelBuilder(str(ROOT)).recurse_included_files()}
    templates = {f"cli/reports/templates/{path.name}" for path in (ROOT / "cli/reports/templates").iterdir()}
    assert templates <= shipped
    assert "cli/reports/templates/page.html.j2" in templates
