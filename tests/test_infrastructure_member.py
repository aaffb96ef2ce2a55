"""The member template: the responder once an account, and forwarded to the hub what its functions ask for, once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.catalogue import load
from chalicelib.daily import UNDELIVERED, expected, forwarded
from chalicelib.model import Mode, Rule
from chalicelib.organization import Account, Environment, Organization
from chalicelib.pattern import compile_pattern
from chalicelib.patterns import SOURCES, groups, merged
from cli.main import app
from infrastructure import member, roles
from infrastructure.cloudformation import ACCOUNT
from infrastructure.events import rules_of, state
from infrastructure.names import logical
from tests.iam_reference import problems

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "tests" / "events"
HUB, MEMBER = "222222222222", "111122223333"
OURS = Organization(
    id="o-exampleorgid",
    hub=HUB,
    environments={"prod": Environment("prod", Mode.APPROVE)},
    accounts={HUB: Account(HUB, "security", "prod")},
    external_id="ssm:/countermeasure/external-id",
    regions=("eu-west-1", "eu-central-1"),
)
CATALOGUE = load()
TEMPLATE = member.template(CATALOGUE, OURS)
RESOURCES = TEMPLATE["Resources"]
GROUPS = [
    (source, number, group) for source in SOURCES for number, group in enumerate(groups(rules_of(CATALOGUE, source)))
]
BUS = {"Fn::Sub": "arn:${AWS::Partition}:events:${HubRegion}:222222222222:event-bus/default"}


def holds(condition: Any, told: Mapping[str, str]) -> bool:
    """Return what CloudFormation makes of a condition, where `told` are the parameters."""
    match condition:
        case {"Condition": name} | str(name):
            return holds(TEMPLATE["Conditions"][name], told)
        case {"Fn::Not": [inner]}:
            return not holds(inner, told)
        case {"Fn::And": list(inner)}:
            return all(holds(each, told) for each in inner)
        case {"Fn::Equals": [one, other]}:
            return bool(_value(one, told) == _value(other, told))
    raise AssertionError(condition)


def _value(value: Any, told: Mapping[str, str]) -> Any:
    return told[value["Ref"]] if isinstance(value, dict) else value


def made(account: str, region: str, hub_region: str = "eu-west-1") -> set[str]:
    """Return the resources that CloudFormation makes in an account and region."""
    told = {"AWS::AccountId": account, "AWS::Region": region, "HubRegion": hub_region}
    return {name for name, each in RESOURCES.items() if "Condition" not in each or holds(each["Condition"], told)}


RESPONDER = {name for name in RESOURCES if name.startswith("Responder")}
GATHERED = {"GuarddutyForward", "SecurityhubForward"}
FORWARDER = {"ForwarderRole", "Undelivered", "UndeliveredPolicy"}
HEARD = {name for name in RESOURCES if name.rstrip("0123456789").endswith("Forward")} - GATHERED


class TestWhatIsMade:
    @pytest.mark.parametrize(
        ("where", "account", "region", "expected"),
        [
            ("a member, where IAM is at home", MEMBER, "us-east-1", RESPONDER | FORWARDER | HEARD),
            ("a member, in another region", MEMBER, "eu-central-1", FORWARDER | HEARD),
            ("a member, in the hub's region", MEMBER, "eu-west-1", FORWARDER | HEARD),
            ("the hub, where it listens", HUB, "eu-west-1", set()),
            ("the hub, in another region", HUB, "eu-central-1", FORWARDER | HEARD | GATHERED),
            ("the hub, where IAM is at home", HUB, "us-east-1", RESPONDER | FORWARDER | HEARD | GATHERED),
        ],
    )
    def test_an_event_comes_to_the_hub_once(self, where: str, account: str, region: str, expected: set[str]) -> None:
        assert made(account, region) == expected

    def test_a_hub_where_iam_is_at_home_still_has_its_responder(self) -> None:
        assert made(HUB, "us-east-1", hub_region="us-east-1") == RESPONDER

    def test_it_is_for_every_governed_region_and_always_for_the_home_of_iam(self) -> None:
        assert TEMPLATE["Metadata"]["Regions"] == ["eu-central-1", "eu-west-1", "us-east-1"]
        nowhere = member.template(CATALOGUE, replace(OURS, regions=()))
        assert nowhere["Metadata"]["Regions"] == ["us-east-1"]


class TestForwarding:
    @pytest.mark.parametrize(("source", "number", "rules"), GROUPS)
    def test_a_rule_forwards_by_the_pattern_of_the_function_in_the_hub(
        self, source: str, number: int, rules: tuple[Rule, ...]
    ) -> None:
        name = logical(source, "Forward") + (str(number + 1) if number else "")
        assert RESOURCES[name]["Properties"] == {
            "Name": f"countermeasure-{source}" + (f"-{number + 1}" if number else ""),
            "Description": "Forwards to countermeasure's hub what its rules ask for",
            "State": state(rules),
            "EventPattern": merged(rules),
            "Targets": [
                {
                    "Id": "hub",
                    "Arn": BUS,
                    "RoleArn": {"Fn::GetAtt": ["ForwarderRole", "Arn"]},
                    "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Undelivered", "Arn"]}},
                }
            ],
        }

    def test_what_does_not_come_to_the_hub_waits_in_a_queue_that_takes_it_from_these_rules_alone(self) -> None:
        assert RESOURCES["Undelivered"]["Properties"] == {
            "QueueName": UNDELIVERED,
            "MessageRetentionPeriod": 14 * 24 * 3600,
            "SqsManagedSseEnabled": True,
        }
        [statement] = RESOURCES["UndeliveredPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        rules = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/countermeasure-*"
        assert (statement["Principal"], statement["Action"]) == (
            {"Service": "events.amazonaws.com"},
            ["sqs:SendMessage"],
        )
        assert statement["Condition"] == {"ArnLike": {"aws:SourceArn": {"Fn::Sub": rules}}}

    @pytest.mark.parametrize("account", [MEMBER, HUB])
    @pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "eu-central-1"])
    def test_the_daily_look_expects_exactly_the_rules_that_are_made(self, account: str, region: str) -> None:
        there = made(account, region)
        rules = [RESOURCES[name]["Properties"] for name in there if "Forward" in name and name != "ForwarderRole"]
        wanted = expected(OURS, account, region, "eu-west-1", forwarded(CATALOGUE))
        assert {rule["Name"]: rule["EventPattern"] for rule in rules} == wanted
        assert ("Undelivered" in there) == bool(wanted)

    @pytest.mark.parametrize("folder", sorted(EVENTS.iterdir()), ids=lambda folder: folder.name)
    def test_every_event_that_fires_a_rule_is_forwarded(self, folder: Path) -> None:
        name = logical(folder.name.split(".")[0], "Forward")
        forward = [each["Properties"] for key, each in RESOURCES.items() if key.rstrip("0123456789") == name]
        patterns = [compile_pattern(each["EventPattern"]) for each in forward]
        fires = [json.loads(path.read_text()) for path in sorted(folder.glob("fires.*.json"))]
        assert fires
        assert {sum(pattern.matches(event) for pattern in patterns) for event in fires} == {1}

    def test_calls_that_only_read_are_forwarded_where_a_rule_asks_for_them(self) -> None:
        states = {source: state(rules_of(CATALOGUE, source)) for source in SOURCES}
        everything = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
        assert {source for source, found in states.items() if found == everything} == {"signin"}

    def test_the_forwarder_may_put_events_on_the_hubs_bus_and_no_more(self) -> None:
        [policy] = RESOURCES["ForwarderRole"]["Properties"]["Policies"]
        assert policy["PolicyDocument"]["Statement"] == [
            {"Effect": "Allow", "Action": ["events:PutEvents"], "Resource": BUS}
        ]
        [trust] = RESOURCES["ForwarderRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnLike": {
                "aws:SourceArn": {
                    "Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/countermeasure-*"
                }
            },
        }


class TestTheResponder:
    def test_it_holds_the_policies_of_the_catalogue(self) -> None:
        policies = roles.responder_policy(CATALOGUE, OURS, ACCOUNT)
        found = [each for each in RESOURCES.values() if each["Type"] == "AWS::IAM::ManagedPolicy"]
        assert [each["Properties"]["PolicyDocument"] for each in found] == policies
        attached = RESOURCES["ResponderRole"]["Properties"]["ManagedPolicyArns"]
        assert attached == [{"Ref": f"ResponderPolicy{number}"} for number in range(1, len(policies) + 1)]

    def test_it_asks_for_the_external_id_which_no_one_sees(self) -> None:
        trust = RESOURCES["ResponderRole"]["Properties"]["AssumeRolePolicyDocument"]
        assert trust == roles.responder_trust(OURS, {"Ref": "ExternalId"})
        assert TEMPLATE["Parameters"]["ExternalId"]["NoEcho"] is True
        assert "Default" not in TEMPLATE["Parameters"]["ExternalId"]


class TestThePrintedTemplate:
    def test_cloudformation_has_nothing_to_object_to(self, tmp_path: Path) -> None:
        said = CliRunner().invoke(app, ["templates", "member", "--organization", _file(tmp_path)])
        path = tmp_path / "member.json"
        path.write_text(said.stdout)
        lint = subprocess.run(
            [Path(sys.executable).parent / "cfn-lint", path], check=False, capture_output=True, text=True
        )
        assert (said.exit_code, lint.returncode, lint.stdout) == (0, 0, "")
        assert len(said.stdout) < member.TEMPLATE_LIMIT

    def test_it_says_where_to_deploy_it(self, tmp_path: Path) -> None:
        said = CliRunner().invoke(app, ["templates", "member", "--organization", _file(tmp_path)])
        assert said.stderr.startswith("Deploy it to every account in eu-west-1, us-east-1;")
        assert "refuse" not in said.stderr

    def test_it_says_when_members_will_refuse_the_hub(self, tmp_path: Path) -> None:
        file = _file(tmp_path, external_id="")
        said = CliRunner().invoke(app, ["templates", "member", "--organization", file])
        assert "Members will refuse the hub: organization.external_id is empty." in said.stderr

    def test_members_trust_the_stage_that_is_named(self, tmp_path: Path) -> None:
        said = CliRunner().invoke(app, ["templates", "member", "--stage", "dev", "--organization", _file(tmp_path)])
        assert "role/countermeasure-dev-guardduty" in said.stdout
        assert "role/countermeasure-prod-guardduty" not in said.stdout


def _file(folder: Path, external_id: str = 'external_id = "ssm:/countermeasure/external-id"') -> str:
    path = folder / "organization.toml"
    path.write_text(f"""
[organization]
id = "o-exampleorgid"
hub = "{HUB}"
{external_id}
[environments.prod]
mode = "approve"
[accounts]
{HUB} = {{ name = "security", environment = "prod" }}
[regions]
governed = ["us-east-1", "eu-west-1"]
""")
    return str(path)


def test_iam_has_nothing_to_object_to_in_any_responder_policy() -> None:
    assert [each for made in roles.responder_policy(CATALOGUE, OURS) for each in problems(made)] == []
