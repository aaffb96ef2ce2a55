"""What SNS is given: text for people, JSON for queues, attributes for filters; and its answers."""

import json
from dataclasses import replace

import boto3
import pytest
from botocore.config import Config
from hypothesis import HealthCheck, given, settings
from moto import mock_aws

from chalicelib.errors import NotDelivered
from chalicelib.notify import sns, text
from chalicelib.notify.notice import Notice, Verdict
from tests.test_notify_compose import exposed_key, mining, told
from tests.test_notify_slack import NOTICES


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session(region_name="us-east-1")


def string(value):
    return {"DataType": "String", "StringValue": value}


def test_a_notice_is_published_for_people_and_for_machines():
    notice = told(exposed_key())
    message = sns.render(notice)
    assert {name: value for name, value in message.items() if name != "Message"} == {
        "Subject": "[CRITICAL] Contained: Access key was published in shop-prod, us-east-1",
        "MessageStructure": "json",
        "MessageAttributes": {
            "severity": string("CRITICAL"),
            "environment": string("production"),
            "source": string("health"),
            "outcome": string("contained"),
            "account": string("111122223333"),
            "rule": string("health.access_key_exposed"),
            "kind": string("incident"),
        },
    }
    parts = json.loads(message["Message"])
    assert set(parts) == {"default", "email", "sms"}
    assert parts["email"] == text.render(notice)
    assert parts["sms"] == notice.headline
    assert json.loads(parts["default"]) == json.loads(notice.to_json()) | {"cut": False}


def test_a_queue_gets_the_json_and_the_attributes(aws):
    topic = aws.client("sns").create_topic(Name="notices")["TopicArn"]
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName="notices")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    receipt = sns.deliver(told(mining()), aws.client("sns"), topic)

    (received,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    body = json.loads(received["Body"])
    assert receipt == {"message_id": body["MessageId"]}
    assert Notice.from_json(body["Message"]) == told(mining())
    assert {name: each["Value"] for name, each in body["MessageAttributes"].items()} == {
        "severity": "HIGH",
        "environment": "production",
        "source": "guardduty",
        "outcome": "not contained",
        "account": "444455556666",
        "rule": "guardduty.ec2_mining_cryptocurrency",
        "kind": "incident",
    }


def test_a_missing_topic_gives_one_clear_line(aws):
    topic = "arn:aws:sns:us-east-1:123456789012:nobody"
    with pytest.raises(NotDelivered) as caught:
        sns.deliver(told(mining()), aws.client("sns"), topic)
    assert str(caught.value) == (
        f"SNS refused the notice for {topic}: NotFound; the topic does not exist: check its ARN and region."
    )


def test_an_sns_that_is_not_there_gives_one_clear_line(monkeypatch):
    quick = Config(connect_timeout=1, retries={"total_max_attempts": 1})
    client = boto3.client(
        "sns",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=quick,
    )
    with pytest.raises(NotDelivered, match=r"^SNS could not be reached for arn:aws:sns:us-east-1:123456789012:x: "):
        sns.deliver(told(mining()), client, "arn:aws:sns:us-east-1:123456789012:x")


def test_what_is_not_known_is_no_attribute():
    empty = Notice.from_json(json.dumps(json.loads(told(mining()).to_json()) | {"rule": "", "environment": "\n"}))
    assert set(sns.render(empty)["MessageAttributes"]) == {"severity", "source", "outcome", "account", "kind"}


def test_a_long_title_leaves_the_place_in_the_subject():
    notice = replace(told(mining()), rule_title="x" * 300, sample=True)
    subject = sns.render(notice)["Subject"]
    assert subject == f"[HIGH] [SAMPLE] Not contained: {'x' * 37}... in shop-prod, eu-west-1"
    assert len(subject) <= 99


def test_a_notice_too_large_for_sns_is_cut_and_says_so():
    change = replace(told(mining()).changes[0], before="é" * 1500, after="é" * 1500)
    parts = json.loads(sns.render(replace(told(mining()), changes=(change,) * 60))["Message"])
    body = json.loads(parts["default"])
    assert body["cut"] is True
    assert body["changes"][0]["before"] == "é" * 399 + "…"
    assert body["incident"] == "inc-1f2e3d"


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(NOTICES)
def test_sns_takes_any_notice(notice):
    message = sns.render(notice)
    attributes = message["MessageAttributes"]
    size = len(message["Message"].encode()) + sum(
        len(name) + len(each["DataType"]) + len(each["StringValue"].encode()) for name, each in attributes.items()
    )
    assert size <= 262_144
    assert 1 <= len(message["Subject"]) < 100
    assert message["Subject"].isascii()
    assert message["Subject"].isprintable()
    assert all(each["StringValue"].strip() for each in attributes.values())
    parts = json.loads(message["Message"])
    assert all(isinstance(part, str) and part for part in parts.values())
    assert json.loads(parts["default"])["verdict"] in set(Verdict)
