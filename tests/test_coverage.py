"""What `countermeasure coverage` says: what it counts is what the tables hold, and a rule that goes leaves a gap."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.catalogue import Catalogue, of
from chalicelib.findings import parse
from chalicelib.model import Rule
from cli import coverage, covering
from cli.attack_matrix import TECHNIQUES
from cli.attack_unseen import MEANT, UNSEEN
from cli.covered import undecided, why, words
from cli.covering import Decision, Table, covered
from cli.expectations import EXPECTATIONS
from cli.frameworks import FRAMEWORKS
from cli.guardduty_variants import variants
from cli.main import app
from rules.guardduty_types import ACTIVE, CUSTOM
from rules.not_answered import NOT_ANSWERED
from rules.tamper_apis import TAMPER_APIS

CLOUD = {technique.id for technique in TECHNIQUES.values() if technique.iaas}
Tables = Mapping[str, Table]


@pytest.fixture(scope="module")
def tables(catalogue: Catalogue) -> Tables:
    return {table.key: table for table in covered(catalogue)}


def without(catalogue: Catalogue, *ids: str) -> Catalogue:
    """Return the catalogue less some rules."""
    return of({id_: rule for id_, rule in catalogue.rules.items() if id_ not in ids}, catalogue.remediations)


def changed(catalogue: Catalogue, id_: str, change: Callable[[Rule], Rule]) -> Catalogue:
    """Return the catalogue with one rule changed."""
    return of({**catalogue.rules, id_: change(catalogue.rules[id_])}, catalogue.remediations)


def gaps(catalogue: Catalogue, key: str) -> set[str]:
    return {row.subject for table in covered(catalogue) if table.key == key for row in table.gaps}


def subjects(table: Table) -> set[str]:
    return {row.subject for row in table.rows}


def test_nothing_is_undecided(tables: Tables) -> None:
    assert undecided(tables.values()) == []


def test_every_type_call_technique_and_control_is_in_its_table_and_counted_once(tables: Tables) -> None:
    listed = {key: subjects(table) for key, table in tables.items()}
    assert listed["guardduty"] == {*ACTIVE, *CUSTOM}
    assert listed["cloudtrail"] == {f"{service}:{name}" for service, names in TAMPER_APIS.items() for name in names}
    assert {subject.partition(" ")[0] for subject in listed["attack"]} >= CLOUD
    assert listed["controls"] == {each.control for each in EXPECTATIONS}
    assert {key: sum(table.counts.values()) for key, table in tables.items()} == {
        key: len(found) for key, found in listed.items()
    }


def test_what_is_without_a_rule_is_what_the_reasons_are_for(tables: Tables) -> None:
    without_rule = {row.subject for row in tables["cloudtrail"].rows if row.decision is Decision.REASON}
    assert without_rule == set(NOT_ANSWERED)
    unseen = {row.subject.partition(" ")[0] for row in tables["attack"].rows if row.decision is Decision.REASON}
    assert unseen == set(UNSEEN)


@pytest.mark.parametrize("type_", [*ACTIVE, *CUSTOM])
def test_each_variant_of_a_finding_can_be_read_and_what_it_is_about_is_said_once(type_: str) -> None:
    found = list(variants(type_))
    assert found
    assert len({about for about, _ in found}) == len(found)
    assert {finding.type for _, event in found for finding in parse(event)} == {type_}


def test_a_variant_yields_what_its_type_is_about(catalogue: Catalogue) -> None:
    about = {
        "Recon:IAMUser/TorIPCaller": {"AWS::IAM::AccessKey", "AWS::STS::AssumedRole"},
        "UnauthorizedAccess:S3/TorIPCaller": {"AWS::S3::Bucket", "AWS::IAM::AccessKey"},
        "UnauthorizedAccess:EC2/SSHBruteForce": {"AWS::EC2::Instance", "AWS::EC2::Subnet"},
        "Impact:Runtime/CryptoMinerExecuted": {"AWS::EC2::Instance", "AWS::EKS::Cluster", "AWS::ECS::Task"},
        "Backdoor:Lambda/C&CActivity.B": {"AWS::Lambda::Function", "AWS::STS::AssumedRole"},
        "CredentialAccess:RDS/TorIPCaller.SuccessfulLogin": {"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"},
        "Execution:EC2/MaliciousFile!AMI": {"AWS::EC2::Image"},
        "Execution:EC2/MaliciousFile!Snapshot": {"AWS::EC2::Snapshot"},
        "Execution:S3/MaliciousFile!RecoveryPoint": {"AWS::Backup::RecoveryPoint"},
        "AttackSequence:EKS/CompromisedCluster": {"AWS::EKS::Cluster", "AWS::EC2::Instance", "AWS::IAM::Role"},
    }
    for type_, expected in about.items():
        findings = [finding for _, event in variants(type_) for finding in parse(event)]
        assert {resource.type for finding in findings for resource in finding.resources} >= expected, type_


class TestGap:
    """Each is broken once: what is left without a decision is found, and nothing else."""

    def test_a_type_whose_rule_goes(self, catalogue: Catalogue) -> None:
        assert gaps(without(catalogue, "guardduty.bedrock_logging_disabled"), "guardduty") == {
            "DefenseEvasion:IAMUser/BedrockLoggingDisabled"
        }

    def test_a_type_that_is_answered_about_some_things_only(self, catalogue: Catalogue) -> None:
        less = without(catalogue, "guardduty.ecs_task_compromised")
        found = next(table for table in covered(less) if table.key == "guardduty")
        mining = [row for row in found.gaps if row.subject == "CryptoCurrency:Runtime/BitcoinTool.B"]
        assert [row.about for row in mining] == ["ECS task"]
        assert found.counts[Decision.NONE] == len({row.subject for row in found.gaps}) > 1

    def test_a_type_that_only_the_rule_for_the_rest_is_told_of_is_undecided(
        self, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(covering, "CUSTOM", {**CUSTOM, "Trojan:SageMaker/DropPoint": "high"})
        assert gaps(catalogue, "guardduty") == {"Trojan:SageMaker/DropPoint"}

    def test_a_call_whose_rule_goes(self, catalogue: Catalogue) -> None:
        less = without(catalogue, "cloudtrail.trail_logging_stopped")
        assert gaps(less, "cloudtrail") == {"cloudtrail:StopLogging"}
        assert gaps(less, "controls") == {"CloudTrail stopped, deleted or changed"}

    def test_a_call_without_a_reason(self, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
        less = {call: reason for call, reason in NOT_ANSWERED.items() if call != "sts:GetCallerIdentity"}
        monkeypatch.setattr(covering, "NOT_ANSWERED", less)
        assert gaps(catalogue, "cloudtrail") == {"sts:GetCallerIdentity"}

    def test_a_technique_whose_rules_go(self, catalogue: Catalogue) -> None:
        naming = [rule.id for rule in catalogue.rules.values() if "T1666" in rule.attack]
        assert naming
        assert "T1666 Modify Cloud Resource Hierarchy" in gaps(without(catalogue, *naming), "attack")

    def test_an_id_that_attack_does_not_have(self, catalogue: Catalogue) -> None:
        wrong = changed(catalogue, "signin.root_login", lambda rule: replace(rule, attack=("T9999",)))
        assert gaps(wrong, "attack") == {"T9999 is no technique of ATT&CK"}

    def test_a_control_that_a_framework_does_not_have(self, catalogue: Catalogue) -> None:
        wrong = changed(catalogue, "signin.root_login", lambda rule: replace(rule, controls={"cis-aws": ("9.9",)}))
        assert gaps(wrong, "frameworks") == {"9.9 is no control of CIS AWS Foundations Benchmark 3.0.0"}

    def test_it_is_told_and_the_command_fails(self, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
        less = without(catalogue, "signin.root_login")
        assert coverage.run("controls", wants_json=False, catalogue=less) == coverage.GAPS
        told = capsys.readouterr()
        gap = "Root account used (ConsoleLogin by Root): no rule answers it, and no reason is given"
        assert told.err == f"undecided: control {gap}\n"
        assert "undecided" in told.out


@pytest.mark.parametrize("id_", sorted(UNSEEN))
def test_a_reason_for_a_technique_is_a_sentence_about_one_of_the_cloud(id_: str) -> None:
    assert id_ in CLOUD
    assert 40 <= len(UNSEEN[id_]) <= 250
    assert UNSEEN[id_].endswith(".")


def test_what_another_technique_means_too_is_its_sub_technique_and_named_by_no_rule(catalogue: Catalogue) -> None:
    named = {id_ for rule in catalogue.rules.values() for id_ in rule.attack}
    assert MEANT <= CLOUD
    assert not MEANT & (named | set(UNSEEN))
    assert {TECHNIQUES[id_].parent for id_ in MEANT} <= named


def test_every_technique_and_every_control_of_a_rule_is_one_that_there_is(catalogue: Catalogue) -> None:
    rules = catalogue.rules.values()
    assert [(rule.id, id_) for rule in rules for id_ in rule.attack if id_ not in TECHNIQUES] == []
    named = [(rule.id, name, each) for rule in rules for name, listed in rule.controls.items() for each in listed]
    assert [(rule, name, each) for rule, name, each in named if each not in FRAMEWORKS[name][1]] == []


def test_an_answer_is_no_more_than_the_finding_gives_to_act_on(tables: Tables) -> None:
    rows = {row.about: row for row in tables["guardduty"].rows if row.subject == "Recon:IAMUser/TorIPCaller"}
    said = {
        about: [(answer.rule.id, answer.decision, [unit.id for unit in answer.response]) for answer in row.answers]
        for about, row in rows.items()
    }
    temporary = "guardduty.temporary_credentials_misused"
    assert said == {
        "user's access key": [("guardduty.long_term_key_misused", Decision.CONTAINED, ["iam.disable_access_key"])],
        "user's session": [(temporary, Decision.CONTAINED, ["iam.deny_user"])],
        "role's session": [(temporary, Decision.CONTAINED, ["iam.deny_role_session"])],
        "root": [(temporary, Decision.TOLD, [])],
        "nobody's key": [("guardduty.user_misused", Decision.TOLD, [])],
    }


def test_a_call_is_answered_by_who_asks_for_it_by_name_and_not_by_who_takes_any(tables: Tables) -> None:
    rows = {row.subject: [answer.rule.id for answer in row.answers] for row in tables["cloudtrail"].rows}
    assert rows["cloudtrail:StopLogging"] == ["cloudtrail.trail_logging_stopped"]
    assert not [rules for rules in rows.values() if "cloudtrail.root_api_use" in rules]


def test_an_answer_that_holds_in_some_regions_only_says_so(tables: Tables) -> None:
    rows = {row.subject: [words(answer) for answer in row.answers] for row in tables["cloudtrail"].rows}
    assert rows["eks:CreateCluster"] == [
        "Stop an EC2 instance, Stop a Lambda function (asked first, only where regions.allowed leaves the region out)"
    ]


def test_why_a_rule_answers_as_it_does_is_what_its_file_says_first(catalogue: Catalogue) -> None:
    assert why(catalogue.rules["signin.root_login"]) == (
        "Root signed in to the console; IAM cannot contain root, so people are told."
    )
    assert why(catalogue.rules["config.bucket_public"]) == "", "a row of a table has no file"


class TestCommand:
    def invoke(self, *arguments: str) -> Any:
        return CliRunner().invoke(app, ["coverage", *arguments])

    def test_it_prints_every_table_with_its_counts_and_ends_well(self, tables: Tables) -> None:
        printed = self.invoke()
        assert printed.exit_code == 0, printed.output
        for table in tables.values():
            assert f"{table.title}. {sum(table.counts.values())} {table.of}s: " in printed.output

    @pytest.mark.parametrize(
        ("only", "keys"),
        [
            ("guardduty", {"guardduty"}),
            ("cloudtrail", {"cloudtrail"}),
            ("attack", {"attack"}),
            ("controls", {"controls", "frameworks"}),
        ],
    )
    def test_json_has_the_tables_that_were_asked_for_and_what_is_undecided(
        self, catalogue: Catalogue, tables: Tables, only: str, keys: set[str]
    ) -> None:
        said = json.loads(self.invoke("--json", "--only", only).output)
        assert said.pop("undecided") == []
        assert set(said) == keys
        for key, table in said.items():
            assert set(table) == {"title", "counts", "rows"}
            assert table["counts"] == {each.name.lower(): count for each, count in tables[key].counts.items()}
            for row in table["rows"]:
                assert set(row) == {"subject", "group", "about", "decision", "reason", "answers"}
                for answer in row["answers"]:
                    assert set(answer) == {"rule", "mode", "decision", "response"}
                    assert answer["rule"] in catalogue.rules
                    assert set(answer["response"]) <= set(catalogue.remediations)

    def test_another_part_is_refused(self) -> None:
        assert self.invoke("--only", "azure").exit_code == 2
