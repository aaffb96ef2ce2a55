"""What `countermeasure pattern` says of a pattern and an event."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

EVENT = {
    "source": "aws.ec2",
    "detail-type": "EC2 Instance State-change Notification",
    "account": "111122223333",
    "detail": {"instance-id": "i-0a1b2c3d4e5f60718", "state": "running"},
}
RECORD = {
    "eventVersion": "1.10",
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateUser",
    "eventTime": "2026-01-12T10:00:00Z",
    "awsRegion": "us-east-1",
    "userIdentity": {"type": "Root", "accountId": "111122223333"},
    "recipientAccountId": "111122223333",
    "eventID": "6a1f0e9d-3c2b-4d5e-8f70-1a2b3c4d5e04",
    "requestParameters": {"userName": "mara"},
}


def run(folder: Path, pattern: object, event: object) -> Result:
    for name, content in (("pattern.json", pattern), ("event.json", event)):
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return CliRunner().invoke(app, ["pattern", str(folder / "pattern.json"), str(folder / "event.json")])


@pytest.mark.parametrize(
    ("pattern", "event", "said", "code"),
    [
        ({"source": ["aws.ec2"]}, EVENT, "MATCH\n", 0),
        ({"detail": {"state": [{"prefix": "run"}]}}, EVENT, "MATCH\n", 0),
        ({"detail": {"state": [{"anything-but": "running"}]}}, EVENT, "NO MATCH\n", 1),
        ({"source": ["aws.s3"]}, EVENT, "NO MATCH\n", 1),
        ({"detail": {"eventName": ["CreateUser"]}}, RECORD, "MATCH\n", 0),
        ({"state": ["running"]}, {"state": "running"}, "MATCH\n", 0),
    ],
    ids=["equal", "prefix", "anything but", "another source", "a bare CloudTrail record", "no envelope"],
)
def test_the_verdict_is_what_eventbridge_would_give(
    pattern: object, event: object, said: str, code: int, tmp_path: Path
) -> None:
    result = run(tmp_path, pattern, event)
    assert (result.stdout, result.exit_code) == (said, code)


@pytest.mark.parametrize(
    ("pattern", "event", "says"),
    [
        ({"source": "aws.ec2"}, EVENT, ""),
        ({"source": [{"no-such-operator": 1}]}, EVENT, "no-such-operator"),
        ({}, EVENT, ""),
        ("{", EVENT, "pattern.json: not JSON"),
        ("[1]", EVENT, "pattern.json: not a JSON object"),
        ("[" * 100_000, EVENT, "pattern.json: nested too deeply"),
        ({"source": ["aws.ec2"]}, "{", "event.json: not JSON"),
        ({"source": ["aws.ec2"]}, [EVENT, EVENT], "event.json: holds more than one event"),
        ({"source": ["aws.ec2"]}, "", "event.json"),
    ],
    ids=[
        "a string where a list belongs",
        "an operator that EventBridge does not have",
        "an empty pattern",
        "a pattern that is no JSON",
        "a pattern that is a list",
        "a pattern of brackets",
        "an event that is no JSON",
        "two events",
        "an empty event file",
    ],
)
def test_what_is_invalid_is_one_line_with_the_reason(pattern: object, event: object, says: str, tmp_path: Path) -> None:
    result = run(tmp_path, pattern, event)
    assert result.stdout.startswith("INVALID: ")
    assert says in result.stdout
    assert (len(result.stdout.splitlines()), result.exit_code) == (1, 2)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["pattern", str(tmp_path / "none.json"), str(tmp_path / "none.json")])
    assert result.stdout == f"INVALID: {tmp_path}/none.json: No such file or directory\n"
    assert result.exit_code == 2
