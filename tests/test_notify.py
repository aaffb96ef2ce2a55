"""Telling everybody: each target on its own, nobody twice, nothing lost."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from chalicelib.errors import NotDelivered
from chalicelib.notify import Kind, Targets, delivered, notify
from chalicelib.notify.secrets import SlackSecret
from tests.test_notify_compose import mining, told
from tests.test_notify_slack_delivery import POSTED, TOKEN, played  # noqa: F401 (a fixture)

NOW = 1_762_137_670
IN_SLACK = {"channel": "C0EXAMPLE", "ts": "1762137670.000100"}


@pytest.fixture
def targets(monkeypatch, played):  # noqa: F811 (a fixture)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws(config={"core": {"passthrough": {"urls": [r".*127\.0\.0\.1.*"]}}}):
        client = boto3.client("sns", region_name="us-east-1")
        topic = client.create_topic(Name="notices")["TopicArn"]
        yield Targets(
            sns=lambda: client,
            topic_arn=topic,
            slack_reference="secretsmanager:security/slack",
            channel="C0EXAMPLE",
            read_secret=lambda reference: SlackSecret(bot_token=TOKEN),
            slack_clients=played.clients,
            clock=lambda: NOW + 0.5,
        )


def test_both_are_told(targets):
    receipts = notify(told(mining()), targets)
    assert receipts == {"sns": {"message_id": receipts["sns"]["message_id"]}, "slack": IN_SLACK}
    assert all(delivered(receipt) for receipt in receipts.values())


def test_slack_is_told_when_sns_fails(targets):
    receipts = notify(told(mining()), replace(targets, topic_arn=f"{targets.topic_arn}-gone"))
    assert receipts["slack"] == IN_SLACK
    assert not delivered(receipts["sns"])
    assert receipts["sns"] == {"error": receipts["sns"]["error"], "attempts": 1, "since": NOW}


def test_sns_is_told_when_slack_fails_and_slack_says_when_to_come_back(targets, played):  # noqa: F811
    played.answer = (429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "30"})
    receipts = notify(told(mining()), targets)
    assert delivered(receipts["sns"])
    assert receipts["slack"] == {
        "error": "Slack refused the notice for C0EXAMPLE: ratelimited (HTTP 429).",
        "attempts": 1,
        "since": NOW,
        "retry_after": 30,
    }


def test_sns_is_told_when_the_slack_secret_cannot_be_read(targets):
    def refuse(reference):
        raise NotDelivered(f"The Slack secret {reference} could not be read.")

    receipts = notify(told(mining()), replace(targets, read_secret=refuse))
    assert delivered(receipts["sns"])
    said = "The Slack secret secretsmanager:security/slack could not be read."
    assert receipts["slack"] == {"error": said, "attempts": 1, "since": NOW}


def test_redelivery_tells_only_whom_it_did_not_reach(targets, played):  # noqa: F811
    played.answer = (429, '{"ok": false, "error": "ratelimited"}')
    first = notify(told(mining()), targets)
    played.answer = POSTED
    second = notify(told(mining()), targets, already=first)
    third = notify(told(mining()), targets, already=second)
    assert second == third == {"sns": first["sns"], "slack": IN_SLACK}
    assert len(played.heard) == 2


def test_a_follow_up_goes_where_its_incident_was_told(targets, played):  # noqa: F811
    parent = {"slack": {"channel": "C0OTHER", "ts": "1.5"}, "sns": {"message_id": "m"}}
    notify(told(mining(), Kind.FOLLOW_UP), targets, parent=parent)
    body = played.heard[0]["body"]
    assert (body["channel"], body["thread_ts"]) == ("C0OTHER", "1.5")


@pytest.mark.parametrize("parent", [{}, {"slack": {"error": "no"}}, {"slack": {"webhook": "ok"}}])
def test_a_follow_up_without_a_thread_stands_alone(targets, played, parent):  # noqa: F811
    notify(told(mining(), Kind.FOLLOW_UP), targets, parent=parent)
    body = played.heard[0]["body"]
    assert body["channel"] == "C0EXAMPLE"
    assert "thread_ts" not in body


def test_a_target_without_an_address_is_not_told():
    assert notify(told(mining()), Targets()) == {}


def test_slack_and_powertools_are_not_imported_before_they_are_needed():
    loaded = (
        "import chalicelib.notify, sys; print([m for m in sys.modules if m.startswith(('slack_sdk', 'aws_lambda'))])"
    )
    root = Path(__file__).parents[1]
    ran = subprocess.run([sys.executable, "-c", loaded], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
