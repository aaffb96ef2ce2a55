"""`countermeasure mode`: the kill switch is shown and set; and the doctor says what holds countermeasure back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.catalogue import Catalogue
from chalicelib.organization import Exemption, RuleMode
from cli import deployed as deployment_of
from cli import doctor_checks_limits as limits
from cli.doctor_check import Check, Status
from cli.main import app
from lab.organization import Lab
from tests.deployment import STAGE, Deployment, With, refused

NAME = f"/countermeasure/{STAGE}/mode"


@pytest.fixture
def deployment(lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    made = Deployment(lab, catalogue)
    monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: made.deployed)
    return made


def mode(*arguments: str) -> tuple[int, str]:
    said = CliRunner().invoke(app, ["mode", "--stage", STAGE, *arguments])
    return said.exit_code, said.output or str(said.exception)


def kept(deployment: Deployment) -> str:
    return str(deployment.aws("ssm").get_parameter(Name=NAME)["Parameter"]["Value"])


SHOWN = {
    "enforce": ("enforce", "enforce, since "),
    "with a reason": ("observe: incident 42, Jane", "observe: incident 42, Jane, since "),
    "no mode": (
        "stop\x1b[31m",
        f"{NAME} holds no mode (stop\N{REPLACEMENT CHARACTER}[31m): everything waits for approval. Set it to one.\n",
    ),
}


@pytest.mark.parametrize(("value", "told"), SHOWN.values(), ids=SHOWN)
def test_the_switch_is_shown(deployment: Deployment, value: str, told: str) -> None:
    deployment.switch(value)
    code, said = mode()
    assert (code, said[: len(told)]) == (0, told)


def test_it_is_shown_as_json(deployment: Deployment) -> None:
    deployment.switch("off: noise")
    told = json.loads(mode("--json")[1])
    assert (told["mode"], told["reason"], set(told)) == ("off", "noise", {"mode", "reason", "at"})


SET = {
    "lower, with a reason": (("observe", "--reason", "incident 42, Jane"), "observe: incident 42, Jane"),
    "off": (("off",), "off"),
    "back": (("enforce",), "enforce"),
}


@pytest.mark.parametrize(("arguments", "value"), SET.values(), ids=SET)
def test_it_is_set(deployment: Deployment, arguments: tuple[str, ...], value: str) -> None:
    deployment.switch("approve")
    code, said = mode(*arguments)
    assert (code, kept(deployment)) == (0, value)
    assert said.splitlines()[0] == f"{NAME} is set to {value}. Every function goes by it within 30 seconds."


REFUSED = {
    "a stage that is not deployed": (("off",), f"{NAME} is not there: deploy the stage, or give its --region"),
    "one that is not deployed, to be shown": ((), f"{NAME} is not there: deploy the stage, or give its --region"),
    "a reason on two lines": (
        ("off", "--reason", "a\nb"),
        "the reason must be one line of at most 500 characters",
    ),
}


@pytest.mark.parametrize(("arguments", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_in_one_line(
    deployment: Deployment, arguments: tuple[str, ...], problem: str
) -> None:
    assert mode(*arguments) == (1, problem)


def test_a_reason_without_a_mode_is_refused(deployment: Deployment) -> None:
    deployment.switch("enforce")
    code, said = mode("--reason", "noise")
    assert (code, "--reason goes with a mode" in said) == (2, True)


def test_who_may_not_set_it_is_told_what_to_do(deployment: Deployment) -> None:
    deployment.switch("enforce")
    refusing = With(deployment.aws("ssm"), put_parameter=_refuse)
    deployment.instead["ssm"] = refusing
    assert mode("off") == (
        1,
        f"{NAME} is as it was: AccessDeniedException from PutParameter: refused; "
        f"work in the role countermeasure-{STAGE}-operator of the hub",
    )


def _refuse(*_: Any, **__: Any) -> Any:
    raise refused("AccessDeniedException", "PutParameter")


SWITCHES = {
    "enforce": ("enforce", Status.OK, f"{NAME} lets everything go on"),
    "observe": ("observe: incident 42", Status.WARN, "set to observe: incident 42"),
    "off": ("off", Status.WARN, "set to off"),
    "no mode": ("stop", Status.WARN, f"{NAME} holds no mode (stop): everything waits for approval"),
    "none": ("", Status.FAIL, f"{NAME} is not there: everything waits for approval"),
}


@pytest.mark.parametrize(("value", "status", "text"), SWITCHES.values(), ids=SWITCHES)
def test_the_doctor_warns_of_a_switch_that_holds_something_back(
    deployment: Deployment, value: str, status: Status, text: str
) -> None:
    if value:
        deployment.switch(value)
    todo = {
        Status.OK: "",
        Status.WARN: f"when it is over: countermeasure mode --stage {STAGE} enforce",
        Status.FAIL: "deploy the stage",
    }
    assert limits.kill_switch(deployment.patient) == Check("kill switch", status, text, todo[status])


OVER = Exemption("config.*", "moves soon", "jane", date(2000, 1, 1))


def test_the_doctor_names_expired_exemptions_with_their_owners(deployment: Deployment) -> None:
    assert limits.exemptions(deployment.patient) == Check("exemptions", Status.OK, "0, none has expired")
    deployment.exemptions = (replace(OVER, until=date(2999, 1, 1)), OVER)
    assert limits.exemptions(deployment.patient) == Check(
        "exemptions",
        Status.WARN,
        "1 of 2 no longer count: config.* until 2000-01-01: moves soon (jane)",
        "ask their owners: renew them in organization.toml, or take them out",
    )


def test_the_doctor_names_rules_that_are_not_there(deployment: Deployment, catalogue: Catalogue) -> None:
    number = len(catalogue.rules)
    well = Check("rules", Status.OK, f"{number}, and organization.toml names no other")
    assert limits.rules(deployment.patient) == well
    deployment.lab.organization = replace(deployment.lab.organization, rules={"a.b": RuleMode()})
    assert limits.rules(deployment.patient) == Check(
        "rules",
        Status.FAIL,
        'organization.toml names rules that are not there: rules."a.b"',
        "take the id from docs/catalogue.md",
    )


def test_nothing_is_replayed_to_functions_by_an_organization_that_names_unknown_rules(deployment: Deployment) -> None:
    deployment.lab.organization = replace(deployment.lab.organization, rules={"a.b": RuleMode()})
    said = CliRunner().invoke(app, ["replay", "--to", STAGE, "nothing.json"])
    assert str(said.exception) == (
        'organization.toml: rules."a.b": no such rule; docs/catalogue.md lists all, each with its id'
    )
