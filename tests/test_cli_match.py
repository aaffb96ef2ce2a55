"""What `countermeasure match` says of an event, and of what is none."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

STORY = Path(__file__).parents[1] / "lab" / "story"
MINING, STOPPED, ROOT = "2-mining-instance", "3-stopped-trail", "5-root-login"

CONTROL = {
    "source": "aws.securityhub",
    "detail-type": "Security Hub Findings - Imported",
    "account": "444455556666",
    "region": "eu-west-1",
    "time": "2026-01-12T10:00:00Z",
    "detail": {
        "findings": [
            {
                "SchemaVersion": "2018-10-08",
                "Id": "arn:aws:securityhub:eu-west-1:444455556666:security-control/Lambda.99/finding/1",
                "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
                "GeneratorId": "security-control/Lambda.99",
                "AwsAccountId": "444455556666",
                "Types": ["Software and Configuration Checks"],
                "CreatedAt": "2026-01-12T09:00:00.000Z",
                "UpdatedAt": "2026-01-12T10:00:00.000Z",
                "Severity": {"Label": "HIGH"},
                "Title": "A control",
                "Description": "A control that no rule is for.",
                "Resources": [{"Type": "AwsLambdaFunction", "Id": "arn:aws:lambda:eu-west-1:444455556666:function:f"}],
                "Compliance": {"Status": "FAILED", "SecurityControlId": "Lambda.99"},
                "Workflow": {"Status": "NEW"},
                "RecordState": "ACTIVE",
            }
        ]
    },
}
COMPLIANCE = {
    "source": "aws.config",
    "detail-type": "Config Rules Compliance Change",
    "account": "444455556666",
    "region": "eu-west-1",
    "time": "2026-01-12T10:00:00Z",
    "detail": {
        "resourceId": "i-0a1b2c3d4e5f60718",
        "resourceType": "AWS::EC2::Instance",
        "awsRegion": "eu-west-1",
        "awsAccountId": "444455556666",
        "configRuleName": "a-rule-nobody-answers",
        "messageType": "ComplianceChangeNotification",
        "newEvaluationResult": {"complianceType": "NON_COMPLIANT", "resultRecordedTime": "2026-01-12T10:00:00Z"},
        "notificationCreationTime": "2026-01-12T10:00:01Z",
    },
}
NEW_OBJECT = {
    "source": "aws.s3",
    "detail-type": "Object Created",
    "account": "444455556666",
    "region": "eu-west-1",
    "time": "2026-01-12T10:00:00Z",
    "detail": {"bucket": {"name": "example-bucket"}},
}


def story(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((STORY / f"{name}.json").read_text())
    return loaded


def changed(base: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return an event with changes by path: `detail__service__archived=True`."""
    event = copy.deepcopy(base)
    for path, value in values.items():
        at: Any = event
        *parents, last = path.split("__")
        for key in parents:
            at = at[int(key)] if isinstance(at, list) else at[key]
        at[last] = value
    return event


def saved(folder: Path, event: object, name: str = "event.json") -> str:
    path = folder / name
    path.write_text(event if isinstance(event, str) else json.dumps(event))
    return str(path)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("name", "kind", "rules"),
    [
        ("1-exposed-key", "health", ["health.access_key_exposed"]),
        (MINING, "guardduty", ["guardduty.ec2_mining_cryptocurrency"]),
        (STOPPED, "cloudtrail", ["cloudtrail.trail_logging_stopped"]),
        ("4-opened-security-group", "cloudtrail", ["cloudtrail.security_group_opened"]),
        (ROOT, "signin", ["signin.root_login"]),
    ],
)
def test_each_event_of_the_story_fires_its_rule(name: str, kind: str, rules: list[str]) -> None:
    path = str(STORY / f"{name}.json")
    result = run("match", path, "--json")
    assert lines(result) == [{"file": path, "kind": kind, "rules": rules, "findings": 1, "reason": None}]
    assert result.exit_code == 0


SILENT: dict[str, tuple[dict[str, Any], str]] = {
    "another call": (
        changed(story(STOPPED), detail__eventSource="ec2.amazonaws.com", detail__eventName="DescribeInstances"),
        "no rule for this call: ec2 DescribeInstances",
    ),
    "a call that was refused": (
        changed(story(STOPPED), detail__errorCode="AccessDenied"),
        "the call failed: AccessDenied",
    ),
    "a sign-in that failed": (
        changed(
            story(ROOT),
            detail__userIdentity={"type": "IAMUser", "accountId": "777788889999", "userName": "mara"},
            detail__responseElements__ConsoleLogin="Failure",
            detail__errorMessage="Failed authentication",
        ),
        "the call failed: Failed authentication",
    ),
    "a sample": (
        changed(story(MINING), detail__service__additionalInfo={"sample": True}),
        "sample finding",
    ),
    "an archived finding": (changed(story(MINING), detail__service__archived=True), "archived finding"),
    "another control": (CONTROL, "no rule for this control or finding type: Lambda.99"),
    "a custom action that is not ours": (
        changed(CONTROL, **{"detail-type": "Security Hub Findings - Custom Action", "detail__actionName": "Ticket"}),
        "no rule for this custom action: Ticket",
    ),
    "a suppressed finding": (
        changed(CONTROL, detail__findings__0__Workflow={"Status": "SUPPRESSED"}),
        "suppressed finding",
    ),
    "another Config rule": (COMPLIANCE, "no rule for this Config rule: a-rule-nobody-answers"),
    "a resource that is compliant": (
        changed(COMPLIANCE, detail__newEvaluationResult__complianceType="COMPLIANT"),
        "passed: the resource is compliant",
    ),
    "an ordinary sign-in": (
        changed(story(ROOT), detail__userIdentity__type="AssumedRole", detail__additionalEventData__MFAUsed="Yes"),
        "no rule for this sign-in: ConsoleLogin by AssumedRole",
    ),
    "no security event": (NEW_OBJECT, "not a security event: aws.s3 Object Created"),
}


@pytest.mark.parametrize("case", SILENT)
def test_an_event_that_fires_nothing_says_why(case: str, tmp_path: Path) -> None:
    event, reason = SILENT[case]
    result = run("match", saved(tmp_path, event), "--json")
    [verdict] = lines(result)
    assert (verdict["rules"], verdict["reason"], result.exit_code) == ([], reason, 0)


def test_a_type_of_guardduty_that_nobody_knows_fires_the_rule_for_the_rest(tmp_path: Path) -> None:
    unknown = changed(story(MINING), detail__type="Other:EC2/NobodyKnows")
    [verdict] = lines(run("match", saved(tmp_path, unknown), "--json"))
    assert (verdict["rules"], verdict["reason"]) == (["guardduty.unknown_type"], None)


BAD = {
    "an empty file": "",
    "no JSON": "{",
    "numbers": "[1, 2]",
    "two hundred thousand brackets": "[" * 200_000,
    "a finding without its detail": json.dumps({**story(MINING), "detail": {}}),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line_and_exit_code_2(case: str, tmp_path: Path) -> None:
    path = saved(tmp_path, BAD[case])
    result = run("match", path, "--json")
    assert {verdict["reason"].split(": ")[0] for verdict in lines(result)} == {"malformed"}
    assert {(verdict["file"], tuple(verdict["rules"]), verdict["findings"]) for verdict in lines(result)} == {
        (path, (), 0)
    }
    assert result.stderr.startswith(f"{path}: malformed: ")
    assert len(result.stderr.splitlines()) == len(lines(result))
    assert result.exit_code == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "missing.json")
    result = run("match", path, "--json")
    [verdict] = lines(result)
    assert (verdict["file"], verdict["kind"]) == (path, None)
    assert verdict["reason"].startswith("malformed: cannot be read")
    assert result.exit_code == 2


def test_a_folder_without_events_is_bad_input(tmp_path: Path) -> None:
    assert run("match", str(tmp_path)).exit_code == 2


def test_the_other_files_are_read_all_the_same(tmp_path: Path) -> None:
    bad, good = saved(tmp_path, "{", "bad.json"), str(STORY / f"{MINING}.json")
    result = run("match", bad, good, "--json")
    assert [verdict["rules"] for verdict in lines(result)] == [[], ["guardduty.ec2_mining_cryptocurrency"]]
    assert result.exit_code == 2


@pytest.mark.parametrize("what", ["", "/*.json"])
def test_a_folder_or_a_glob_holds_every_event_of_the_story(what: str) -> None:
    result = run("match", f"{STORY}{what}", "--json")
    assert [len(verdict["rules"]) for verdict in lines(result)] == [1, 1, 1, 1, 1]


def test_standard_input_is_read() -> None:
    result = run("match", "-", "--json", stdin=(STORY / f"{ROOT}.json").read_text())
    assert [verdict["rules"] for verdict in lines(result)] == [["signin.root_login"]]


def test_people_read_the_rule_and_its_title() -> None:
    result = run("match", str(STORY / f"{ROOT}.json"))
    assert result.stdout.splitlines()[1] == "  fires signin.root_login  Root signed in to the console"


def test_several_events_are_counted(tmp_path: Path) -> None:
    result = run("match", str(STORY), saved(tmp_path, NEW_OBJECT), saved(tmp_path, "{", "bad.json"))
    assert result.stdout.splitlines()[-1] == "7 events: 5 fire a rule, 1 fire none, 1 malformed"


def test_nothing_that_acts_on_a_terminal_is_printed(tmp_path: Path) -> None:
    event = changed(story(MINING), detail__type="Other:EC2/\x1b]0;owned\x07\u202etxt\n  fires root.of.all")
    result = run("match", saved(tmp_path, event, "event\x1b[2J\u202enosj.json"))
    assert not {"\x1b", "\x07", "\u202e"} & set(result.stdout)
    assert len(result.stdout.splitlines()) == 2


def test_help_loads_neither_aws_nor_its_simulation() -> None:
    code = "import sys, cli.main; print(sorted({'boto3', 'botocore', 'moto', 'rich', 'jmespath'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_rule_that_speaks_only_of_some_regions_says_so() -> None:
    events = Path(__file__).parent / "events" / "cloudtrail.made_in_forbidden_region"
    said = CliRunner().invoke(app, ["match", str(events / "fires.instance.json")]).stdout
    assert "cloudtrail.made_in_forbidden_region" in said
    assert "(only where regions.allowed leaves the region out)" in " ".join(said.split())
