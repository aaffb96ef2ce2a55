"""Who is told in the embedded AWS: a topic with a subscribed queue, and a Slack that writes down what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from slack_sdk.web import WebClient

from chalicelib.notify import Targets
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_clients import Clients
from lab.slack import Slack

__all__ = ["CHANNEL", "SIGNING_SECRET", "Slack", "open_topic", "read_queue", "targets"]

CHANNEL = "C0SECURITY"
SIGNING_SECRET = "the-lab-signs-with-this"
_SECRET = "secretsmanager:countermeasure/slack"


def targets(hub: Callable[[str], Any], topic: str, workspace: Slack, escalation: str = "") -> Targets:
    """Return where notices go in the lab: buttons are shown there, as in a workspace with the endpoint."""

    def client(_: str) -> WebClient:
        return cast("WebClient", workspace)

    return Targets(
        sns=lambda: hub("sns"),
        topic_arn=topic,
        slack_reference=_SECRET,
        channel=CHANNEL,
        escalation=escalation,
        read_secret=lambda _: SlackSecret(bot_token="the-lab-needs-none", signing_secret=SIGNING_SECRET),
        slack_clients=Clients(web=client),
    )


def open_topic(sns: Any, sqs: Any) -> tuple[str, str]:
    """Make the topic that people subscribe to and one subscriber; return the topic's ARN and the queue's URL."""
    topic = sns.create_topic(Name="countermeasure")["TopicArn"]
    queue = sqs.create_queue(QueueName="on-call")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, queue


def read_queue(sqs: Any, queue: str) -> list[dict[str, Any]]:
    """Take every message off the queue; return the SNS envelopes."""
    told: list[dict[str, Any]] = []
    while batch := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        for message in batch:
            told.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return told
