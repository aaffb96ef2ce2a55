"""Deciding from a terminal: what is shown before, who is asked, what is refused, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from chalicelib.catalogue import Catalogue
from chalicelib.model import Incident, Mode
from cli import deployed as deployment_of
from infrastructure import operators
from infrastructure.names import mode_parameter
from lab.network import tcp
from lab.organization import Lab
from tests import deciding
from tests.deciding import ALICE
from tests.deployment import STAGE, With, refused
from tests.on_call import ME, OnCall, on_call

GROUP = "cloudtrail.security_group_opened/fires.ipv4"
MINING = "guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool"
KEY = "guardduty.long_term_key_misused/fires.called_from_tor"
ROOT = "signin.root_login/fires.with_mfa"
OPENED = [tcp(3389, "0.0.0.0/0")]


@pytest.fixture
def stage(lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> OnCall:
    made = on_call(lab, catalogue)
    monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: made.deployed)
    return made


@pytest.fixture
def waiting(stage: OnCall) -> Incident:
    stage.set_mode(Mode.APPROVE)
    return stage.happens(GROUP)


def drift(stage: OnCall, incident: Incident) -> None:
    """Open a port of the group that was closed."""
    _ec2(stage, incident).authorize_security_group_ingress(
        GroupId=incident.changes[0].resource.id, IpPermissions=OPENED
    )


def close(stage: OnCall, incident: Incident) -> None:
    """Close a port of the group that is open."""
    _ec2(stage, incident).revoke_security_group_ingress(GroupId=incident.changes[0].resource.id, IpPermissions=OPENED)


def _ec2(stage: OnCall, incident: Incident) -> Any:
    group = incident.changes[0].resource
    return stage.lab.boto(group.account, group.region).client("ec2")


def decisions(stage: OnCall, incident: Incident) -> list[tuple[str, str, str, str]]:
    found = stage.engine().ledger.load(incident.id).decisions
    return [(each.action.value, each.by, each.reason, each.result) for each in found]


class TestApproving:
    def test_what_is_shown_and_agreed_to_is_carried_out(self, stage: OnCall, waiting: Incident) -> None:
        result = stage.run("approve", waiting.id, "--reason", "seen it", say="y\n")
        assert result.exit_code == 0, result.output
        shown = " ".join(result.stdout.split())
        for expected in (
            "1. Revoke world-open ingress on risky ports",
            f"on {waiting.changes[0].resource.id} (AWS::EC2::SecurityGroup) in ",
            "before tcp 22 0.0.0.0/0",
            "after removed",
            f"impact {stage.catalogue.remediations['ec2.revoke_open_ingress'].impact}",
            "asks rule cloudtrail.security_group_opened",
            "why environment mode: ",
            "is set to APPROVE",
            "Done: 1 contained",
            f"CONTAINED ec2.revoke_open_ingress on {waiting.changes[0].resource.id}: approved by",
        ):
            assert expected in shown
        assert f"You are {ME}. Approve exactly this?" in result.stderr
        assert stage.outcomes(waiting) == ["contained"]
        assert decisions(stage, waiting) == [("approve", ME, "seen it", "1 contained")]

    @pytest.mark.parametrize("say", ["n\n", "\n", ""], ids=["no", "the default", "nobody there"])
    @pytest.mark.parametrize("command", ["approve", "deny"])
    def test_who_does_not_say_yes_decides_nothing(
        self, stage: OnCall, waiting: Incident, command: str, say: str
    ) -> None:
        result = stage.run(command, waiting.id, say=say)
        assert result.exit_code == 1
        assert (stage.outcomes(waiting), decisions(stage, waiting)) == (["awaiting approval"], [])

    def test_with_yes_nobody_is_asked(self, stage: OnCall, waiting: Incident) -> None:
        result = stage.run("approve", waiting.id, "--yes")
        assert (result.exit_code, result.stderr) == (0, "")
        assert stage.outcomes(waiting) == ["contained"]

    def test_what_is_denied_is_not_done_and_says_by_whom(self, stage: OnCall, waiting: Incident) -> None:
        result = stage.run("deny", waiting.id, "--reason", "agreed upon", "--yes")
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "Done: denied")
        [change] = stage.engine().ledger.load(waiting.id).changes
        assert (change.outcome.value, change.reason) == ("observed", f"denied by {ME}: agreed upon")

    def test_what_changed_since_the_notice_is_asked_again_and_is_exit_code_1(
        self, stage: OnCall, waiting: Incident
    ) -> None:
        close(stage, waiting)
        result = stage.run("approve", waiting.id, "--yes")
        assert result.exit_code == 1
        assert "AWAITING APPROVAL" in result.stdout
        assert "the resource has changed since" in result.stdout

    def test_what_changes_between_the_look_and_the_yes_is_not_approved(
        self, stage: OnCall, waiting: Incident, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def change_meanwhile(*_: Any, **__: Any) -> bool:
            close(stage, waiting)
            deciding.approve(stage.engine(), waiting.id)  # is asked again: the group is no longer as it was shown
            return True

        monkeypatch.setattr("typer.confirm", change_meanwhile)
        result = stage.run("approve", waiting.id)
        assert result.exit_code == 1
        assert result.stderr == f"countermeasure: {waiting.id} has changed since this was shown: look at it again\n"
        assert stage.outcomes(waiting) == ["awaiting approval"]

    def test_the_kill_switch_holds_for_the_command_too(self, stage: OnCall, waiting: Incident) -> None:
        name = mode_parameter(STAGE)
        stage.deployment.aws("ssm").put_parameter(Name=name, Value="observe: incident 42", Overwrite=True)
        result = stage.run("approve", waiting.id, "--yes")
        assert (result.exit_code, stage.outcomes(waiting)) == (1, ["observed"])

    def test_where_two_must_approve_the_first_vote_does_nothing_yet(self, stage: OnCall) -> None:
        people = {"lab": "U0123456789", "alice": "U0000000001"}
        stage.lab.organization = replace(stage.lab.organization, people=people)
        stage.set_mode(Mode.APPROVE, approvals=2)
        incident = stage.happens(GROUP)
        first = stage.run("approve", incident.id, "--yes")
        assert (first.exit_code, first.stdout.splitlines()[-1]) == (0, "Done: approved: 1 more must")
        again = stage.run("approve", incident.id, "--yes")
        said = "countermeasure: you have approved this already: somebody else must, too\n"
        assert (again.exit_code, again.stderr) == (1, said)
        deciding.approve(stage.engine(), incident.id, by=ALICE)
        assert stage.outcomes(incident) == ["contained"]


class TestUndoing:
    def test_the_order_and_what_stays_are_shown_before(self, stage: OnCall) -> None:
        incident = stage.happens(MINING)
        result = stage.run("undo", incident.id, "--reason", "false alarm", say="y\n")
        assert result.exit_code == 0, result.output
        shown = " ".join(result.stdout.split())
        first, second = shown.index("1. Isolate an EC2 instance"), shown.index("2. Snapshot the volumes")
        assert first < shown.index("from ", first) < shown.index("back to ", first) < second
        assert "stays without --confirm: " in shown[second:]
        assert "Done: 1 kept, 1 undone" in shown
        assert stage.outcomes(incident) == ["kept", "undone"]

    def test_with_confirm_what_should_not_be_taken_back_lightly_is_minded_and_done(self, stage: OnCall) -> None:
        incident = stage.happens(KEY)
        result = stage.run("undo", incident.id, "--reason", "a test", "--confirm", "--yes")
        assert result.exit_code == 0, result.output
        why = stage.catalogue.remediations["iam.disable_access_key"].confirm_undo
        assert f"mind {why}" in " ".join(result.stdout.split())
        assert stage.outcomes(incident) == ["undone"]

    def test_an_undo_of_which_nothing_comes_is_exit_code_1(self, stage: OnCall) -> None:
        incident = stage.happens(KEY)
        assert stage.run("undo", incident.id, "--reason", "a test", "--yes").exit_code == 1
        assert stage.outcomes(incident) == ["kept"]

    def test_a_drifted_undo_is_refused_and_shows_the_three_states(self, stage: OnCall) -> None:
        incident = stage.happens(GROUP)
        drift(stage, incident)
        for _ in range(2):  # also when it was refused before
            result = stage.run("undo", incident.id, "--reason", "false alarm", "--yes")
            assert result.exit_code == 1
            before, after = result.stdout.split("Done: ")
            for part in (before, after):
                shown = " ".join(part.split())
                assert " before tcp 22 0.0.0.0/0" in shown
                assert " as left none now tcp 3389 0.0.0.0/0" in shown
            assert "refused without --force" in before
            assert "DRIFTED" in after
        assert stage.outcomes(incident) == ["drifted"]

    def test_a_forced_undo_asks_for_the_reason_again(self, stage: OnCall) -> None:
        incident = stage.happens(GROUP)
        drift(stage, incident)
        result = stage.run("undo", incident.id, "--reason", "false alarm", "--force", say="y\nit is mine\n")
        assert result.exit_code == 0, result.output
        assert "taken back all the same" in result.stdout
        assert decisions(stage, incident) == [("undo", ME, "false alarm; forced: it is mine", "1 undone")]
        assert stage.outcomes(incident) == ["undone"]

    def test_who_gives_no_second_reason_forces_nothing(self, stage: OnCall) -> None:
        incident = stage.happens(GROUP)
        drift(stage, incident)
        result = stage.run("undo", incident.id, "--reason", "false alarm", "--force", say="y\n")
        assert result.exit_code == 1
        assert (stage.outcomes(incident), decisions(stage, incident)) == (["contained"], [])

    def test_a_reason_is_asked_for_where_none_is_given(self, stage: OnCall) -> None:
        incident = stage.happens(GROUP)
        result = stage.run("undo", incident.id, say="y\nagreed upon\n")
        assert result.exit_code == 0, result.output
        assert decisions(stage, incident) == [("undo", ME, "agreed upon", "1 undone")]

    def test_where_somebody_else_must_approve_the_undo_waits_and_shows_who_asks(self, stage: OnCall) -> None:
        stage.set_mode(Mode.ENFORCE, undo_by_another=True)
        incident = stage.happens(GROUP)
        deciding.undo(stage.engine(), incident.id, reason="agreed upon")
        assert stage.outcomes(incident) == ["contained"]
        result = stage.run("approve", incident.id, "--yes")
        assert result.exit_code == 0, result.output
        assert f"{ALICE} asks to undo it: agreed upon" in " ".join(result.stdout.split())
        assert stage.outcomes(incident) == ["undone"]

    def test_an_undo_that_is_approved_after_more_was_changed_is_not_done_and_the_exit_code_says_so(
        self, stage: OnCall
    ) -> None:
        stage.set_mode(Mode.ENFORCE, undo_by_another=True)
        incident = stage.happens(GROUP)
        deciding.undo(stage.engine(), incident.id, reason="agreed upon")
        drift(stage, incident)
        finding = replace(stage.engine().ledger.load(incident.id).findings[0], id="another")
        stage.engine().answer(finding, [incident.responses[0].rule])
        result = stage.run("approve", incident.id, "--yes")
        assert "Done: not undone: the incident has changed since" in " ".join(result.stdout.split())
        assert (result.exit_code, stage.outcomes(incident)) == (1, ["contained", "contained"])

    def test_who_asks_for_an_undo_is_told_that_it_waits(self, stage: OnCall) -> None:
        stage.set_mode(Mode.ENFORCE, undo_by_another=True)
        incident = stage.happens(GROUP)
        result = stage.run("undo", incident.id, "--reason", "agreed upon", "--yes")
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (
            0,
            "Done: waits for the approval of somebody else",
        )
        assert stage.outcomes(incident) == ["contained"]

    def test_a_resource_that_cannot_be_looked_at_is_said_to_be_so(self, stage: OnCall) -> None:
        incident = stage.happens(GROUP)
        stage.lab.organization = replace(stage.lab.organization, responder="nobody")
        sts = stage.deployment.aws("sts")
        stage.deployment.instead["sts"] = With(sts, assume_role=_refuse)
        result = stage.run("undo", incident.id, "--reason", "false alarm", "--yes")
        assert "could not be looked at: " in result.stdout
        assert result.exit_code == 1


class TestLookingInto:
    def test_an_acknowledgement_is_not_asked_about(self, stage: OnCall) -> None:
        incident = stage.happens(ROOT)
        result = stage.run("ack", incident.id)
        assert (result.exit_code, result.stderr) == (0, "")
        assert stage.engine().ledger.load(incident.id).acknowledged_by == ME

    def test_a_snooze_holds_back_what_is_told(self, stage: OnCall) -> None:
        incident = stage.happens(ROOT)
        result = stage.run("snooze", incident.id, "--hours", "24", "--reason", "known", say="y\n")
        assert result.exit_code == 0, result.output
        assert stage.engine().ledger.load(incident.id).snoozed_until in result.stdout

    def test_an_escalation_is_told(self, stage: OnCall) -> None:
        incident = stage.happens(ROOT)
        stage.lab.told()
        assert stage.run("escalate", incident.id, "--yes").exit_code == 0
        assert ["[ESCALATED]" in each["Message"] for each in stage.lab.told()] == [True]


def _refuse(*_: object, **__: object) -> None:
    raise refused("AccessDenied", "AssumeRole")


def _no_stack(*_: object, **__: object) -> None:
    error = {"Code": "ValidationError", "Message": "Stack with id countermeasure-dev does not exist"}
    raise ClientError({"Error": error}, "DescribeStacks")


def _no_credentials(*_: object, **__: object) -> None:
    raise NoCredentialsError


class TestRefusing:
    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("approve", "inc-none"), 2, "no incident 'inc-none' is in the ledger"),
            (("show", "inc-\x1b[31mnone"), 2, r"no incident 'inc-\x1b[31mnone' is in the ledger"),
        ],
        ids=["no incident", "a hostile id"],
    )
    def test_an_unknown_incident_is_one_line_and_exit_code_2(
        self, stage: OnCall, arguments: tuple[str, ...], code: int, said: str
    ) -> None:
        result = stage.run(*arguments)
        assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"countermeasure: {said}\n")

    NOTHING: dict[str, str] = {  # noqa: RUF012
        "approve": "nothing waits for approval in {}",
        "deny": "nothing waits for approval in {}",
        "undo": "nothing was changed in {}: there is nothing to undo",
    }

    @pytest.mark.parametrize(("command", "said"), NOTHING.items(), ids=NOTHING)
    def test_what_cannot_be_decided_is_refused_before_anybody_is_asked(
        self, stage: OnCall, command: str, said: str
    ) -> None:
        incident = stage.happens(ROOT)
        result = stage.run(command, incident.id, "--reason", "x")
        assert (result.exit_code, result.stderr) == (1, f"countermeasure: {said.format(incident.id)}\n")

    def test_who_is_no_approver_is_refused_and_that_is_recorded(self, stage: OnCall) -> None:
        stage.set_mode(Mode.APPROVE, approvers=("arn:aws:iam::222222222222:role/on-call",))
        incident = stage.happens(GROUP)
        result = stage.run("approve", incident.id, "--yes")
        assert result.exit_code == 1
        assert result.stderr.startswith("countermeasure: not among the approvers of ")
        assert stage.outcomes(incident) == ["awaiting approval"]
        [(_, by, _, said)] = decisions(stage, incident)
        assert (by, said.split(":")[0]) == (ME, "refused")

    @pytest.mark.parametrize("command", [("undo",), ("snooze", "--hours", "1")], ids=lambda c: c[0])
    def test_with_yes_a_reason_must_be_given(self, stage: OnCall, command: tuple[str, ...]) -> None:
        result = stage.run(*command, "inc-1", "--yes")
        assert result.exit_code == 2
        assert "give --reason" in result.stderr

    def test_other_hours_are_bad_input(self, stage: OnCall) -> None:
        assert stage.run("snooze", "inc-1", "--hours", "2").exit_code == 2

    AWS: dict[str, tuple[Callable[..., None], int, str]] = {  # noqa: RUF012
        "no stack": (_no_stack, 2, "there is no stack countermeasure-dev in us-east-1: give --stage and --region"),
        "no credentials": (
            _no_credentials,
            1,
            "there are no AWS credentials; sign in to the hub, in the role countermeasure-dev-operator",
        ),
        "an old stack": (
            lambda *_, **__: {"Stacks": [{}]},  # type: ignore[dict-item, return-value]
            2,
            "the stack countermeasure-dev has no output LedgerTable: deploy it anew, then try again",
        ),
    }

    @pytest.mark.parametrize(("answer", "code", "said"), AWS.values(), ids=AWS)
    def test_a_hub_that_cannot_be_reached_is_one_line(
        self, stage: OnCall, answer: Callable[..., None], code: int, said: str
    ) -> None:
        stage.deployment.instead["cloudformation"] = With(None, describe_stacks=answer)
        for command in ("approve", "show"):
            result = stage.run(command, "inc-1")
            assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"countermeasure: {said}\n")

    def test_what_people_write_is_shown_without_anything_hidden(self, stage: OnCall, waiting: Incident) -> None:
        result = stage.run("deny", waiting.id, "--reason", "ok\x1b[2J\u202egnp", "--yes")
        assert result.exit_code == 0
        [(_, _, reason, _)] = decisions(stage, waiting)
        assert not set("\x1b\u202e") & set(reason + result.stdout)


class TestTheOperatorsRole:
    def test_it_allows_every_call_that_the_commands_make_in_the_hub(
        self, stage: OnCall, waiting: Incident, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        called: set[str] = set()
        real = stage.deployed.aws

        def watched(service: str, region: str) -> Any:
            client = real(service, region)
            return Watched(client, service, called)

        made = replace(stage.deployed, aws=watched)
        monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: made)
        for command in (
            ("incidents",),
            ("show", waiting.id),
            ("approve", waiting.id, "--yes"),
            ("undo", waiting.id, "--reason", "false alarm", "--yes"),
            ("ack", waiting.id),
        ):
            result = stage.run(*command)
            assert result.exit_code == 0, result.output
        assert called >= {"dynamodb:Query", "dynamodb:TransactWriteItems", "sns:Publish", "ssm:GetParameter"}
        assert {action for call in called for action in NEEDS.get(call, (call,))} <= _allowed(stage)


NEEDS = {
    "dynamodb:TransactWriteItems": ("dynamodb:UpdateItem",),
    "sts:GetCallerIdentity": (),
    "sts:AssumeRole": ("sts:AssumeRole", "sts:SetSourceIdentity"),
}
"""What IAM wants for a call that is not an action of its own (Service Authorization Reference)."""


class Watched:
    """A client whose calls are noted by the name that IAM has for them."""

    def __init__(self, client: Any, service: str, called: set[str]) -> None:
        self.client, self.service, self.called = client, service, called

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.client, name)
        if name == "get_paginator":
            return lambda operation: getattr(self, operation) and found(operation)
        if callable(found) and not name.startswith("_"):
            self.called.add(f"{self.service}:{''.join(part.capitalize() for part in name.split('_'))}")
        return found


def _allowed(stage: OnCall) -> set[str]:
    [made] = operators.role(stage.deployed.organization, STAGE)["Properties"]["Policies"]
    statements = [each for each in made["PolicyDocument"]["Statement"] if each.get("Effect") == "Allow"]
    return {action for each in statements for action in each["Action"]}
