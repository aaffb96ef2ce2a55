"""Who is told in the embedded AWS: a topic with a subscribed queue, and a Slack that writes down what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from slack_sdk.web import WebClient

from chalicelib.notify import Targets, slack
from chalicelib.notify.secrets import SlackSecret

CHANNEL = "C0SECURITY"
_SECRET = "secretsmanager:countermeasure/slack"


@dataclass(frozen=True, slots=True)
class Slack:
    """A workspace of one channel: `posted` are the arguments of every chat.postMessage, in order."""

    posted: list[dict[str, Any]] = field(default_factory=list)

    def chat_postMessage(self, **message: Any) -> dict[str, str]:  # noqa: N802 - Slack's name
        """Answer as Slack does, with a `ts` that grows."""
        self.posted.append(message)
        return {"channel": message["channel"], "ts": f"{1700000000 + len(self.posted)}.000100"}


def targets(hub: Callable[[str], Any], topic: str, workspace: Slack) -> Targets:
    """Return where notices go in the lab."""

    def client(_: str) -> WebClient:
        return cast("WebClient", workspace)

    return Targets(
        sns=lambda: hub("sns"),
        topic_arn=topic,
        slack_reference=_SECRET,
        channel=CHANNEL,
        read_secret=lambda _: SlackSecret(bot_token="the-lab-needs-none"),
        slack_clients=slack.Clients(web=client),
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
