"""What `countermeasure replay` and `countermeasure demo` do and show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

STORY = Path(__file__).parents[1] / "lab" / "story"
EXFILTRATION = """{
  "source": "aws.guardduty", "detail-type": "GuardDuty Finding", "account": "222222222222", "region": "eu-west-1",
  "time": "2026-01-12T10:00:00Z",
  "detail": {
    "accountId": "444455556666", "region": "eu-west-1", "partition": "aws", "id": "0123456789abcdef0123456789abcdef",
    "arn": "arn:aws:guardduty:eu-west-1:444455556666:detector/0123456789abcdef0123456789abcdef/finding/0",
    "type": "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS", "severity": 8,
    "createdAt": "2026-01-12T09:58:00Z", "updatedAt": "2026-01-12T09:59:00Z",
    "title": "Credentials were used from outside", "description": "Credentials were used from outside.",
    "resource": {
      "resourceType": "AccessKey",
      "accessKeyDetails": {
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "principalId": "AROAIOSFODNN7EXAMPLE:mara",
        "userName": "AWSReservedSSO_Admin_0123456789abcdef", "userType": "AssumedRole"
      }
    },
    "service": {"count": 1, "archived": false, "eventFirstSeen": "2026-01-12T09:57:00Z"}
  }
}"""
"""A session of a role that IAM Identity Center keeps: AWS lets nobody else change it."""
KEY, GROUP, ROOT = "1-exposed-key", "4-opened-security-group", "5-root-login"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def replayed(name: str, *options: str) -> dict[str, Any]:
    result = run("replay", str(STORY / f"{name}.json"), "--json", *options)
    assert result.exit_code == 0, result.output
    played: dict[str, Any] = json.loads(result.stdout)
    return played


def changed(folder: Path, name: str, **detail: Any) -> str:
    event = json.loads((STORY / f"{name}.json").read_text())
    event["detail"].update(detail)
    (folder / "event.json").write_text(json.dumps(event))
    return str(folder / "event.json")


def test_a_replay_disables_the_key_and_an_undo_gives_it_back() -> None:
    played = replayed(KEY, "--undo")
    [incident] = played["incidents"]
    [change, sessions] = incident["changes"]
    assert incident["rules"] == [{"id": "health.access_key_exposed", "mode": "enforce", "ceilings": []}]
    assert change["resource"] == {
        "type": "AWS::IAM::AccessKey",
        "id": "AKIAIOSFODNN7EXAMPLE",
        "account": "444455556666",
        "region": "us-east-1",
    }
    assert (change["outcome"], change["before"], change["after"]) == ("contained", "Active", "Inactive")
    assert "iam:UpdateAccessKey" in [call["operation"] for call in change["calls"]]
    assert set(sessions["after"]["sessions"].values()) == {"denied"}
    assert played["undone"] == [{"change": each["id"], "back": True} for each in (change, sessions)]
    assert [notice["channels"] for notice in played["notices"]] == [["sns", "slack"], ["sns", "slack"]]


@pytest.mark.parametrize(
    ("mode", "outcome"), [("observe", "observed"), ("approve", "awaiting approval"), ("enforce", "contained")]
)
def test_the_mode_says_how_far_a_replay_goes(mode: str, outcome: str) -> None:
    [incident] = replayed(KEY, "--mode", mode)["incidents"]
    assert [(change["outcome"], bool(change["calls"])) for change in incident["changes"]] == [
        (outcome, mode == "enforce"),
        (outcome, mode == "enforce"),
    ]


def test_a_guardrail_that_held_back_is_shown_with_its_reason() -> None:
    result = run("replay", str(STORY / f"{KEY}.json"), "--mode", "observe")
    assert "Mode    OBSERVE" in result.stdout
    assert "environment mode: dev (dev) is set to OBSERVE" in result.stdout


def test_a_sample_finding_is_shown_and_changes_nothing(tmp_path: Path) -> None:
    service = json.loads((STORY / "2-mining-instance.json").read_text())["detail"]["service"]
    path = changed(tmp_path, "2-mining-instance", service={**service, "additionalInfo": {"sample": True}})
    [incident] = json.loads(run("replay", path, "--json").stdout)["incidents"]
    assert {change["outcome"] for change in incident["changes"]} == {"observed"}


def test_people_see_finding_change_calls_notice_and_the_way_back() -> None:
    shown = run("replay", str(STORY / f"{GROUP}.json"), "--undo").stdout
    for expected in (
        "Security group was opened to the internet",
        "Rule    cloudtrail.security_group_opened",
        "Mode    ENFORCE: no guardrail holds back",
        "1. Revoke world-open ingress on risky ports: CONTAINED",
        "before  ",
        "after   ",
        "call    ec2:RevokeSecurityGroupIngress GroupId=sg-0f1e2d3c4b5a69788",
        "told: sns, slack",
        "Undo: countermeasure undo inc-",
        "Undone: ec2.revoke_open_ingress on sg-0f1e2d3c4b5a69788.",
    ):
        assert expected in shown


def test_an_event_for_which_there_is_no_rule_needs_no_lab(tmp_path: Path) -> None:
    path = changed(tmp_path, GROUP, eventName="DescribeInstances")
    result = run("replay", path, "--quiet")
    assert result.stdout == f"{path}  no rule for this call: ec2 DescribeInstances\n"
    assert result.exit_code == 0


def test_a_response_that_fails_is_exit_code_1_and_says_why(tmp_path: Path) -> None:
    event = json.loads(EXFILTRATION)
    (tmp_path / "event.json").write_text(json.dumps(event))
    result = run("replay", str(tmp_path / "event.json"))
    assert "FAILED" in result.stdout
    assert "Identity Center" in " ".join(result.stdout.split())
    assert result.exit_code == 1


def test_bad_input_is_exit_code_2_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    result = run("replay", str(tmp_path / "bad.json"), str(STORY / f"{ROOT}.json"), "--quiet")
    assert result.stderr.startswith(f"{tmp_path}/bad.json: malformed: ")
    assert f"{STORY}/{ROOT}.json  signin.root_login: told" in result.stdout
    assert result.stdout.endswith("2 events: 1 answered, 0 failed, 0 need nothing, 1 malformed\n")
    assert result.exit_code == 2


def test_kept_events_share_one_organization() -> None:
    once, again = str(STORY / f"{GROUP}.json"), str(STORY / f"{GROUP}.json")
    result = run("replay", once, again, "--keep", "--json")
    first, second = (json.loads(line)["incidents"] for line in result.stdout.splitlines())
    assert first[0]["id"] == second[0]["id"]


def test_the_demo_approves_denies_and_undoes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # its reports go into the current folder
    result = run("demo")
    assert result.exit_code == 0, result.output
    for expected, times in {
        "told: sns, slack": 8,
        ": CONTAINED\n": 3,
        ": AWAITING APPROVAL\n": 3,
        "alice$ countermeasure approve inc-": 1,
        "CONTAINED  Start a CloudTrail trail's logging: audit\n": 1,
        "bob$ countermeasure deny inc-": 1,
        "OBSERVED  Isolate an EC2 instance: i-0a1b2c3d4e5f60718\n": 1,
        "bob$ countermeasure undo inc-": 1,
        "Undone: ec2.revoke_open_ingress on sg-0f1e2d3c4b5a69788.": 1,
    }.items():
        assert (expected, result.stdout.count(expected)) == (expected, times)
