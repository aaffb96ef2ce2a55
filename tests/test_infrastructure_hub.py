"""The hub: what is merged fits what Chalice makes, CloudFormation takes it, and every function is cared for."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import observing
from chalicelib.catalogue import Catalogue, load
from chalicelib.decisions import approve, undo
from chalicelib.model import Mode
from chalicelib.organization import Account, Channels, Organization, read
from chalicelib.patterns import SOURCES
from cli.main import app
from infrastructure import dashboard, functions
from infrastructure.alarms import ALARMS
from infrastructure.hub import EXPIRES, PARAMETERS, merge_template
from infrastructure.names import FUNCTIONS, HEARTBEAT, logical
from lab.organization import HUB, Lab
from tests.replaying import event, played

ROOT = Path(__file__).parents[1]
STAGE = "dev"
OURS = Organization(
    id="o-exampleorgid",
    hub=HUB,
    environments={"prod": Mode.APPROVE},
    accounts={HUB: Account(HUB, "security", "prod")},
    external_id="ssm:/countermeasure/external-id",
    channels=Channels(slack_channel="#security", slack_secret="secretsmanager:slack"),
)
MERGED = merge_template(load(), OURS, STAGE)["Resources"]
CHALICE = f"""
import json, pathlib
from chalicelib.catalogue import load
from chalicelib.organization import read
from infrastructure.packaged import of_chalice
root = pathlib.Path(".").resolve()
print(json.dumps(of_chalice(root, load(), read(root / "organization.toml"), "{STAGE}")))
"""


@pytest.fixture(scope="module")
def chalice() -> dict[str, Any]:
    """What Chalice makes of app.py by itself; in a process of its own, as app.py is imported there."""
    made: dict[str, Any] = json.loads(_run(sys.executable, "-c", CHALICE))
    return made


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The whole template, as `countermeasure templates hub` prints it."""
    path = tmp_path_factory.mktemp("hub") / "hub.json"
    path.write_text(_run(sys.executable, "-m", "cli", "templates", "hub", "--stage", STAGE))
    return path, json.loads(path.read_text())


def _run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def queue_of(function: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical(function, "DeadLetters"), "Arn"]}


@pytest.mark.xdist_group("hub")
class TestTheTemplate:
    def test_everything_that_is_merged_into_chalices_is_there(self, chalice: Mapping[str, Any]) -> None:
        """A key that is spelled otherwise would make a resource of its own, which CloudFormation refuses."""
        theirs = chalice["Resources"]
        changed = {name for name, resource in MERGED.items() if "Type" not in resource}
        assert changed == {logical(each, kind) for each in FUNCTIONS for kind in ("", "Role")}
        assert changed <= set(theirs)
        for function in FUNCTIONS:
            events = MERGED[logical(function)]["Properties"]["Events"]
            assert set(events) == set(theirs[logical(function)]["Properties"]["Events"])

    def test_every_function_of_the_app_is_cared_for(self, chalice: Mapping[str, Any]) -> None:
        made = {name for name, each in chalice["Resources"].items() if each["Type"] == "AWS::Serverless::Function"}
        assert made == {logical(function) for function in FUNCTIONS}

    def test_nothing_else_of_chalices_has_a_name_of_ours(self, chalice: Mapping[str, Any]) -> None:
        both = set(chalice["Resources"]) & {name for name, resource in MERGED.items() if "Type" in resource}
        assert both == {logical(function, "LogGroup") for function in FUNCTIONS}

    def test_cloudformation_has_nothing_to_object_to(self, template: tuple[Path, Mapping[str, Any]]) -> None:
        lint = subprocess.run(
            [Path(sys.executable).parent / "cfn-lint", template[0]], check=False, capture_output=True, text=True
        )
        assert (lint.returncode, lint.stdout) == (0, "")

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_a_function_has_its_own_role_queue_retries_and_logs(
        self, template: tuple[Path, Mapping[str, Any]], function: str
    ) -> None:
        resources = template[1]["Resources"]
        found = resources[logical(function)]["Properties"]
        variables = found["Environment"]["Variables"]
        assert found["Role"] == {"Fn::GetAtt": [logical(function, "Role"), "Arn"]}
        assert found["FunctionName"] == f"countermeasure-{STAGE}-{function}"
        assert found["Tracing"] == "Active"
        assert found["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"] == queue_of(function)
        assert (variables["STAGE"], variables["POWERTOOLS_SERVICE_NAME"]) == (STAGE, function)
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "Countermeasure"
        assert (variables["LEDGER_TABLE"], variables["TOPIC_ARN"]) == ({"Ref": "Ledger"}, {"Ref": "Topic"})
        [came] = found["Events"].values()
        assert came["Properties"]["DeadLetterConfig"] == {"Arn": queue_of(function)}
        assert came["Properties"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 60}
        assert came["Type"] == ("Schedule" if function == HEARTBEAT else "EventBridgeRule")
        logs = resources[logical(function, "LogGroup")]["Properties"]
        assert logs["LogGroupName"] == f"/aws/lambda/countermeasure-{STAGE}-{function}"
        assert logs["RetentionInDays"] >= 30

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_a_role_holds_the_policy_of_its_function_and_no_other(
        self, template: tuple[Path, Mapping[str, Any]], function: str
    ) -> None:
        properties = template[1]["Resources"][logical(function, "Role")]["Properties"]
        ours = read(ROOT / "organization.toml")
        assert [each["PolicyDocument"] for each in properties["Policies"]] == [functions.policy(function, ours, STAGE)]
        assert properties["RoleName"] == f"countermeasure-{STAGE}-{function}"
        assert "ManagedPolicyArns" not in properties


class TestTheRoleOfAFunction:
    def test_it_holds_exactly_what_answering_approving_and_undoing_take(self, lab: Lab, catalogue: Catalogue) -> None:
        """Two are left out that the embedded AWS has no need of: secrets, and Organizations' accounts."""
        asked: set[str] = set()
        lab.reset(Mode.APPROVE)
        for service in ("dynamodb", "sns", "sts"):
            lab.hub(service).meta.events.register("before-parameter-build", _noting(asked))
        engine, incident, _ = played(lab, catalogue, event("cloudtrail.trail_logging_stopped/fires.by_name"))
        approve(engine, incident.id, by="alice")
        undo(engine, incident.id, reason="false alarm", by="alice", confirm=True)
        held = {action for each in _statements("cloudtrail") if each["Sid"] not in BESIDE for action in each["Action"]}
        assert held == asked

    def test_the_heartbeat_holds_only_the_ledger(self) -> None:
        assert [each["Sid"] for each in _statements(HEARTBEAT)] == ["Logs", "Traces", "DeadLetters", "Ledger", "Key"]

    def test_secrets_are_read_by_their_names_alone(self) -> None:
        here = "${AWS::Region}:${AWS::AccountId}"
        found = {each["Sid"]: each["Resource"] for each in _statements("signin")}
        assert found["Parameters"] == [
            {"Fn::Sub": f"arn:${{AWS::Partition}}:ssm:{here}:parameter/countermeasure/external-id"}
        ]
        assert found["Secrets"] == [{"Fn::Sub": f"arn:${{AWS::Partition}}:secretsmanager:{here}:secret:slack-??????"}]

    def test_organizations_is_asked_only_where_the_file_leaves_accounts_to_it(self) -> None:
        asking = replace(OURS, ous={"ou-abcd-11111111": "prod"})
        sids = [
            {each.get("Sid") for each in functions.policy("config", ours, STAGE)["Statement"]}
            for ours in (OURS, asking)
        ]
        assert sids[1] - sids[0] == {"Accounts", "Units"}


BESIDE = {"Logs", "Traces", "DeadLetters", "Secrets", "Parameters", "Key"}


def _statements(function: str) -> Iterator[dict[str, Any]]:
    for statement in functions.policy(function, OURS, STAGE)["Statement"]:
        yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def _noting(asked: set[str]) -> Any:
    """Return what notes the IAM actions of every call: a transaction is checked item by item, and these are updates."""

    def note(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        match service, model.name:
            case "dynamodb", "TransactWriteItems":
                assert {kind for item in params["TransactItems"] for kind in item} == {"Update"}
                asked.add("dynamodb:UpdateItem")
            case "sts", "AssumeRole":
                assert params["SourceIdentity"] == "countermeasure"
                asked.update({"sts:AssumeRole", "sts:SetSourceIdentity"})
            case _:
                asked.add(f"{service}:{model.name}")

    return note


class TestAroundTheFunctions:
    def test_the_ledger_is_kept_when_the_stack_goes_and_can_be_restored(self) -> None:
        ledger = MERGED["Ledger"]
        properties = ledger["Properties"]
        assert (ledger["DeletionPolicy"], ledger["UpdateReplacePolicy"]) == ("Retain", "Retain")
        assert properties["DeletionProtectionEnabled"] is True
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert properties["TimeToLiveSpecification"] == {"AttributeName": EXPIRES, "Enabled": True}

    def test_what_an_undo_needs_never_expires(self, lab: Lab, catalogue: Catalogue) -> None:
        played(lab, catalogue, event("cloudtrail.trail_logging_stopped/fires.by_name"))
        items = lab.hub("dynamodb").scan(TableName="countermeasure")["Items"]
        assert items
        assert [item for item in items if item["pk"]["S"].startswith("incident#") and EXPIRES in item] == []

    def test_the_bus_takes_events_from_the_organization_alone(self) -> None:
        bus = {"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}
        assert MERGED["MembersMaySend"]["Properties"] == {
            "EventBusName": "default",
            "StatementId": "countermeasure-dev-members",
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": bus,
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
            },
        }

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_a_queue_takes_what_eventbridge_could_not_deliver_of_its_own_rule(self, function: str) -> None:
        rule = f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/countermeasure-dev-{function}"
        [statement] = MERGED[logical(function, "DeadLettersPolicy")]["Properties"]["PolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::Sub": rule}}}
        assert MERGED[logical(function, "DeadLetters")]["Properties"]["QueueName"] == f"countermeasure-dev-{function}"

    def test_every_function_has_its_alarms_and_silence_has_one(self) -> None:
        alarms = {name for name, each in MERGED.items() if each.get("Type") == "AWS::CloudWatch::Alarm"}
        ours = {"NoticesFailed", "SlowContainment"}
        expected = {logical(source, alarm.name) for source in SOURCES for alarm in ALARMS}
        expected |= {logical(HEARTBEAT, alarm.name) for alarm in ALARMS if alarm.name not in ours}
        assert alarms == expected | {"NoHeartbeat"}
        assert all(MERGED[name]["Properties"]["AlarmActions"] == [{"Ref": "Topic"}] for name in alarms)
        assert MERGED["NoHeartbeat"]["Properties"]["TreatMissingData"] == "breaching"

    def test_a_topic_of_yours_is_used_and_none_is_made(self) -> None:
        topic = "arn:aws:sns:us-east-1:222222222222:security-team"
        made = merge_template(load(), replace(OURS, channels=Channels(topic=topic)), STAGE)["Resources"]
        assert {"Topic", "TopicPolicy"} & set(made) == set()
        assert made["NoHeartbeat"]["Properties"]["AlarmActions"] == [topic]
        assert made["Guardduty"]["Properties"]["Environment"]["Variables"]["TOPIC_ARN"] == topic

    def test_no_key_of_yours_is_needed(self) -> None:
        assert PARAMETERS["KeyArn"]["Default"] == ""
        keyed = json.dumps(MERGED)
        assert keyed.count('{"Ref": "KeyArn"}') == keyed.count('"Fn::If": ["HasKey"') - len(FUNCTIONS)  # queues: SSE

    def test_the_dashboard_shows_what_the_functions_count(self) -> None:
        assert set(dashboard.OUTCOMES) == set(observing.OUTCOMES.values())
        body = json.loads(MERGED["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
        texts = " ".join(each["properties"].get("markdown", "") for each in body["widgets"])
        catalogue = load()
        assert f"{len(catalogue.rules)} rules watch, {len(catalogue.remediations)} remediations answer" in texts
        assert all(f"| {source} |" in texts for source in SOURCES)
        assert all(unit.title in texts for unit in catalogue.remediations.values())

    def test_the_dashboards_widgets_do_not_cover_one_another(self) -> None:
        body = json.loads(MERGED["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
        cells = [
            (x, y)
            for each in body["widgets"]
            for x in range(each["x"], each["x"] + each["width"])
            for y in range(each["y"], each["y"] + each["height"])
        ]
        assert len(cells) == len(set(cells))


COST = (ROOT / "docs" / "cost.md").read_text()


class TestWhatItCosts:
    def test_the_arithmetic_is_right(self) -> None:
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in COST.splitlines() if line.startswith("| ")]
        sums = {"10": 0.0, "100": 0.0}
        for _, _, ten, ten_usd, hundred, hundred_usd in (row for row in rows if len(row) == 6 and "×" in row[2]):
            for accounts, reckoned, said in (("10", ten, ten_usd), ("100", hundred, hundred_usd)):
                assert float(said) == pytest.approx(_reckoned(reckoned), abs=0.006)
                sums[accounts] += float(said)
        [together] = [row for row in rows if row[0] == "**Together**"]
        assert (together[3], together[5]) == (f"**{sums['10']:.2f}**", f"**{sums['100']:.2f}**")

    def test_it_counts_the_alarms_and_metrics_that_there_are(self) -> None:
        alarms = sum(each.get("Type") == "AWS::CloudWatch::Alarm" for each in MERGED.values())
        metrics = len(SOURCES) * (len(observing.OUTCOMES) + len(("Findings", "SecondsToContainment", "NoticesFailed")))
        assert f"| {alarms} × 0.10 |" in COST
        assert f"| {metrics + len(('Heartbeat',))} × 0.30 |" in COST


def _reckoned(text: str) -> float:
    """Return the value of sums of products."""
    return sum(math.prod(float(factor) for factor in part.split("×")) for part in text.split("+"))


def test_a_stage_that_does_not_exist_is_said() -> None:
    said = CliRunner().invoke(app, ["templates", "hub", "--stage", "nowhere"])
    assert str(said.exception) == "nowhere: .chalice/config.json has no such stage"
