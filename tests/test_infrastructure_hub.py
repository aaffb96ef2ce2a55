"""The hub: what is merged fits what Chalice makes, CloudFormation takes it, and every function is cared for."""

from __future__ import annotations

import json
import math
import re
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
from chalicelib.heartbeat import arrived
from chalicelib.model import Mode
from chalicelib.organization import Account, Channels, Environment, Organization, Protected, read
from chalicelib.patterns import HEARTBEAT as HEARTS
from chalicelib.patterns import SOURCES, heard, numbered
from chalicelib.slackapp.endpoint import CLICKED, IGNORED, REFUSED, REPEATED
from chalicelib.switch import MODE_PARAMETER, parsed
from cli.main import app
from infrastructure import dashboard, endpoint, functions
from infrastructure.alarms import ALARMS
from infrastructure.events import rules_of
from infrastructure.hub import EXPIRES, PARAMETERS, merge_template
from infrastructure.names import (
    DAILY,
    DECIDE,
    ENDPOINT,
    FUNCTIONS,
    HEARTBEAT,
    SCHEDULED,
    TRIGGERED,
    UPKEEP,
    logical,
    mode_parameter,
)
from lab.organization import HUB, Lab
from tests.deciding import approve, undo
from tests.functions import beat
from tests.replaying import event, played

ROOT = Path(__file__).parents[1]
STAGE = "dev"
OURS = Organization(
    id="o-exampleorgid",
    hub=HUB,
    environments={"prod": Environment("prod", Mode.APPROVE)},
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
        owned = {logical(each, kind) for each in (*FUNCTIONS, ENDPOINT) for kind in ("", "Role")}
        assert changed == {"RestAPI", *owned}
        assert changed <= set(theirs)
        for function in TRIGGERED:
            events = MERGED[logical(function)]["Properties"]["Events"]
            first = logical(function, "Event")
            assert {first} == set(theirs[logical(function)]["Properties"]["Events"])
            assert {name.rstrip("0123456789") for name in events} == {first}

    def test_every_function_of_the_app_is_cared_for(self, chalice: Mapping[str, Any]) -> None:
        made = {name for name, each in chalice["Resources"].items() if each["Type"] == "AWS::Serverless::Function"}
        assert made == {logical(function) for function in (*FUNCTIONS, ENDPOINT)}

    def test_nothing_else_of_chalices_has_a_name_of_ours(self, chalice: Mapping[str, Any]) -> None:
        both = set(chalice["Resources"]) & {name for name, resource in MERGED.items() if "Type" in resource}
        assert both == {logical(function, "LogGroup") for function in (*FUNCTIONS, ENDPOINT)}

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
        for came in found.get("Events", {}).values():
            assert came["Properties"]["DeadLetterConfig"] == {"Arn": queue_of(function)}
            assert came["Properties"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 60}
            assert came["Type"] == ("Schedule" if function in SCHEDULED else "EventBridgeRule")
        came = [each["Properties"] for each in found.get("Events", {}).values()]
        if function not in SCHEDULED and function in TRIGGERED:
            patterns = heard(rules_of(load(), function), {"Ref": "AWS::AccountId"})
            assert [each["Pattern"] for each in came] == [*patterns]
            name = f"countermeasure-{STAGE}-{function}"
            assert [each["RuleName"] for each in came] == [numbered(name, n) for n in range(len(patterns))]
        else:
            assert len(came) == (function in TRIGGERED)
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
    def test_it_holds_exactly_what_answering_approving_and_undoing_take(
        self, lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two are left out that the embedded AWS has no need of: secrets, and Organizations' accounts."""
        asked: set[str] = set()
        lab.reset(Mode.APPROVE)
        monkeypatch.setenv(MODE_PARAMETER, mode_parameter(STAGE))
        lab.hub("ssm").put_parameter(Name=mode_parameter(STAGE), Value="enforce", Type="String")
        for service in ("dynamodb", "sns", "ssm", "sts"):
            lab.hub(service).meta.events.register("before-parameter-build", _noting(asked))
        engine, incident, _ = played(lab, catalogue, event("cloudtrail.trail_logging_stopped/fires.by_name"))
        approve(engine, incident.id)
        undo(engine, incident.id, reason="false alarm", confirm=True)
        arrived(engine, "cloudtrail", beat(engine.clock()))
        held = {action for each in _statements("cloudtrail") if each["Sid"] not in BESIDE for action in each["Action"]}
        assert held == asked

    def test_the_heartbeat_may_send_events_of_its_own_source_to_the_hubs_bus_and_touch_nothing(self) -> None:
        found = {each["Sid"]: each for each in _statements(HEARTBEAT)}
        assert list(found) == ["Logs", "Traces", "DeadLetters", "Beat", "Key"]
        assert (found["Beat"]["Action"], found["Beat"]["Resource"]) == (["events:PutEvents"], BUS)
        assert found["Beat"]["Condition"] == {"ForAllValues:StringEquals": {"events:source": [HEARTS]}}

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


BUS = {"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}
BESIDE = {"Logs", "Traces", "DeadLetters", "Secrets", "Parameters", "Key"}


def _statements(function: str) -> Iterator[dict[str, Any]]:
    for statement in functions.policy(function, OURS, STAGE)["Statement"]:
        yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def _noting(asked: set[str]) -> Any:
    """Return what notes the IAM actions of every call: a transaction is checked item by item."""

    def note(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        match service, model.name:
            case "dynamodb", "TransactWriteItems":
                kinds = {kind for item in params["TransactItems"] for kind in item}
                assert kinds <= {"Put", "Update"}
                asked.update(f"dynamodb:{kind}Item" for kind in kinds)
            case "sts", "AssumeRole":
                assert params["SourceIdentity"] == "countermeasure"
                asked.update({"sts:AssumeRole", "sts:SetSourceIdentity"})
            case _:
                asked.add(f"{service}:{model.name}")

    return note


class TestTheEndpoint:
    def test_it_may_remember_clicks_read_incidents_and_hand_over_decisions_and_nothing_else(self) -> None:
        found = {}
        for statement in endpoint.policy(OURS, STAGE)["Statement"]:
            told = statement["Fn::If"][1] if "Fn::If" in statement else statement
            found[told["Sid"]] = (told["Action"], told["Resource"], told.get("Condition"))
        ledger = {"Fn::GetAtt": ["Ledger", "Arn"]}
        assert set(found) == {"Logs", "Traces", "Clicks", "Incidents", "Key", "Secrets", "HandOver"}
        assert found["Clicks"] == (["dynamodb:UpdateItem"], ledger, only("click#*"))
        assert found["Incidents"] == (["dynamodb:Query"], ledger, only("incident#*"))
        assert found["HandOver"] == (["lambda:InvokeFunction"], {"Fn::GetAtt": ["Decide", "Arn"]}, None)

    def test_nobody_who_runs_the_command_may_say_who_has_clicked(self) -> None:
        [policy] = MERGED["OperatorRole"]["Properties"]["Policies"]
        statements = policy["PolicyDocument"]["Statement"]
        [run] = [each for each in statements if "lambda:InvokeFunction" in each.get("Action", ())]
        assert run["Resource"] == [{"Fn::GetAtt": [logical(function), "Arn"]} for function in TRIGGERED]

    def test_the_dashboard_shows_what_it_counts(self) -> None:
        body = json.loads(MERGED["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
        shown = {each["properties"].get("title"): each["properties"].get("metrics") for each in body["widgets"]}
        assert [metric[1] for metric in shown["Clicks in Slack"]] == [CLICKED, REPEATED, REFUSED, IGNORED]


@pytest.mark.xdist_group("hub")
class TestTheApi:
    def test_it_is_one_route_of_one_stage_that_is_throttled(self, template: tuple[Path, Mapping[str, Any]]) -> None:
        resources, outputs = template[1]["Resources"], template[1]["Outputs"]
        api = resources["RestAPI"]["Properties"]
        assert {path: list(methods) for path, methods in api["DefinitionBody"]["paths"].items()} == {"/slack": ["post"]}
        assert (api["StageName"], api["EndpointConfiguration"]) == ("api", {"Type": "REGIONAL"})
        assert api["OpenApiVersion"] == "2.0"  # else SAM adds a stage of its own, which nothing throttles
        throttled = {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}
        assert api["MethodSettings"] == [{"ResourcePath": "/*", "HttpMethod": "*", **throttled}]
        url = "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api/slack"
        assert outputs["SlackUrl"]["Value"] == {"Fn::Sub": url}

    def test_its_function_has_its_role_its_log_and_the_name_of_who_carries_out(
        self, template: tuple[Path, Mapping[str, Any]]
    ) -> None:
        resources = template[1]["Resources"]
        found, role = resources["APIHandler"]["Properties"], resources["ApiHandlerRole"]["Properties"]
        ours = read(ROOT / "organization.toml")
        variables = found["Environment"]["Variables"]
        assert (found["Handler"], found["FunctionName"]) == ("app.app", "countermeasure-dev-slack")
        assert (variables["DECIDE_FUNCTION"], variables["LEDGER_TABLE"]) == ({"Ref": "Decide"}, {"Ref": "Ledger"})
        assert [each["PolicyDocument"] for each in role["Policies"]] == [endpoint.policy(ours, STAGE)]
        logs = resources["ApiHandlerLogGroup"]["Properties"]
        assert logs["LogGroupName"] == "/aws/lambda/countermeasure-dev-slack"


def only(keys: str) -> dict[str, Any]:
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [keys]}}


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

    def test_the_kill_switch_is_made_as_the_functions_and_the_command_look_for_it(self) -> None:
        assert MERGED["ModeParameter"]["Properties"]["Name"] == mode_parameter(STAGE)
        assert parsed(MERGED["ModeParameter"]["Properties"]["Value"]) == (Mode.ENFORCE, "")
        [policy] = MERGED["OperatorRole"]["Properties"]["Policies"]
        here = f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter{mode_parameter(STAGE)}"
        [sets] = [each for each in policy["PolicyDocument"]["Statement"] if each.get("Sid") == "SetSwitch"]
        assert (sets["Action"], sets["Resource"]) == (["ssm:PutParameter"], {"Fn::Sub": here})
        for function in FUNCTIONS:
            variables = MERGED[logical(function)]["Properties"]["Environment"]["Variables"]
            told = None if function == HEARTBEAT else {"Ref": "ModeParameter"}
            assert variables.get(MODE_PARAMETER) == told

    def test_a_deployment_leaves_the_switch_as_people_set_it(self) -> None:
        """What differs in its resource from one template to the next would have CloudFormation write it anew."""
        others = (
            merge_template(load(sources=("config",)), OURS, STAGE),
            merge_template(load(), replace(OURS, external_id="ssm:/another", protected=Protected(("*",))), STAGE),
        )
        assert [other["Resources"]["ModeParameter"] for other in others] == [MERGED["ModeParameter"]] * 2

    @pytest.mark.parametrize("value", ["off", "observe: incident 42, Jane", "approve", "enforce: over: again"])
    def test_the_switch_takes_what_the_command_writes(self, value: str) -> None:
        assert re.search(MERGED["ModeParameter"]["Properties"]["AllowedPattern"], value)
        assert parsed(value)

    @pytest.mark.parametrize("value", ["", "OFF", "stop", "observe incident 42", "enforced", "off\n"])
    def test_the_switch_takes_nothing_else(self, value: str) -> None:
        assert not re.fullmatch(MERGED["ModeParameter"]["Properties"]["AllowedPattern"], value)

    def test_the_bus_takes_events_from_the_organization_alone(self) -> None:
        assert MERGED["MembersMaySend"]["Properties"] == {
            "EventBusName": "default",
            "StatementId": "countermeasure-dev-members",
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": BUS,
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
            },
        }

    @pytest.mark.parametrize("function", TRIGGERED)
    def test_a_queue_takes_what_eventbridge_could_not_deliver_of_its_own_rules(self, function: str) -> None:
        rule = (
            f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/countermeasure-dev-{function}*"
        )
        [statement] = MERGED[logical(function, "DeadLettersPolicy")]["Properties"]["PolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Condition"] == {"ArnLike": {"aws:SourceArn": {"Fn::Sub": rule}}}
        assert MERGED[logical(function, "DeadLetters")]["Properties"]["QueueName"] == f"countermeasure-dev-{function}"

    def test_every_function_has_its_alarms_and_silence_has_one(self) -> None:
        alarms = {name for name, each in MERGED.items() if each.get("Type") == "AWS::CloudWatch::Alarm"}
        ours = {"NoticesFailed", "SlowContainment"}
        beats = {logical(source, "NoHeartbeat") for source in SOURCES}
        expected = {logical(source, alarm.name) for source in SOURCES for alarm in ALARMS}
        expected |= {logical(HEARTBEAT, alarm.name) for alarm in ALARMS if alarm.name not in ours}
        late = [alarm.name for alarm in ALARMS if alarm.name != "SlowContainment"]
        expected |= {logical(function, alarm) for function in (DAILY, DECIDE, UPKEEP) for alarm in late}
        expected |= {logical(ENDPOINT, alarm) for alarm in ("Errors", "Throttles")}
        assert alarms == expected | beats | {"DailyBrokenAccounts"}
        assert all(MERGED[name]["Properties"]["AlarmActions"] == [{"Ref": "Topic"}] for name in alarms)

    @pytest.mark.parametrize("source", SOURCES)
    def test_a_function_to_which_no_heartbeat_came_through_for_a_quarter_of_an_hour_is_told_of(
        self, source: str
    ) -> None:
        silence = MERGED[logical(source, "NoHeartbeat")]["Properties"]
        assert (silence["TreatMissingData"], silence["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
        assert silence["Period"] * silence["EvaluationPeriods"] == 15 * 60
        assert silence["Dimensions"] == [{"Name": "service", "Value": source}]

    def test_broken_accounts_are_told_of_and_so_is_it_that_nobody_looks(self) -> None:
        broken = MERGED["DailyBrokenAccounts"]["Properties"]
        assert (broken["Threshold"], broken["TreatMissingData"]) == (1, "missing")
        assert broken["InsufficientDataActions"] == broken["AlarmActions"] == [{"Ref": "Topic"}]

    def test_a_topic_of_yours_is_used_and_none_is_made(self) -> None:
        topic = "arn:aws:sns:us-east-1:222222222222:security-team"
        made = merge_template(load(), replace(OURS, channels=Channels(topic=topic)), STAGE)["Resources"]
        assert {"Topic", "TopicPolicy"} & set(made) == set()
        assert made["HealthNoHeartbeat"]["Properties"]["AlarmActions"] == [topic]
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
        assert f"{len(catalogue.rules)} rules watch, {len(catalogue.answering)} remediations answer" in texts
        assert all(f"| {source} |" in texts for source in SOURCES)
        assert all(unit.title in texts for unit in catalogue.answering.values())

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
        every = (*observing.OUTCOMES, "Findings", "SecondsToContainment", "NoticesFailed", "Heartbeat")
        metrics = len(SOURCES) * len(every)
        beside = ("BrokenAccounts", "HeartbeatsSent", "Tended", *dashboard.CLICKS, *dashboard.DECISIONS)
        untold = [f"{function} NoticesFailed" for function in (DAILY, DECIDE, UPKEEP)]
        assert f"| {alarms} × 0.10 |" in COST
        assert f"| {metrics + len(beside) + len(untold)} × 0.30 |" in COST


def _reckoned(text: str) -> float:
    """Return the value of sums of products."""
    return sum(math.prod(float(factor) for factor in part.split("×")) for part in text.split("+"))


def test_a_stage_that_does_not_exist_is_said() -> None:
    said = CliRunner().invoke(app, ["templates", "hub", "--stage", "nowhere"])
    assert str(said.exception) == "nowhere: .chalice/config.json has no such stage"


UNKNOWN = '[rules."guardduty.misspelt"]\nmode = "observe"\n'


@pytest.mark.parametrize("which", ["hub", "member"])
def test_a_rule_that_is_not_in_the_catalogue_is_in_no_template(tmp_path: Path, which: str) -> None:
    (tmp_path / "ours.toml").write_text((ROOT / "organization.toml").read_text() + UNKNOWN)
    said = CliRunner().invoke(
        app, ["templates", which, "--stage", STAGE, "--organization", str(tmp_path / "ours.toml")]
    )
    assert str(said.exception) == (
        'organization.toml: rules."guardduty.misspelt": no such rule; docs/catalogue.md lists all, each with its id'
    )


def test_a_rule_that_is_not_in_the_catalogue_stops_the_packaging_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text((ROOT / "organization.toml").read_text() + UNKNOWN)
    command = [sys.executable, "-m", "infrastructure", "--organization", tmp_path / "ours.toml", "--to", tmp_path]
    said = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert 'rules."guardduty.misspelt": no such rule' in said.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "ours.toml"]
