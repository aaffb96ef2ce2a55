"""A topic that anybody may publish to and subscribe to, beside one that has the policy a topic begins with."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene


def make(boto: boto3.Session, topic: Resource) -> str:
    """Return the topic's ARN: always the event's own."""
    sns = boto.client("sns")
    name = topic.id.rpartition(":")[2]
    arn = str(sns.create_topic(Name=name)["TopicArn"])
    sns.create_topic(Name=f"{name}-neighbour"[-256:])
    put_policy(sns, arn, _statement(arn, "anybody", "*"))
    return arn


def put_policy(sns: Any, arn: str, *statements: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Id": "alarms", "Statement": list(statements)}
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))


def own_policy(boto: boto3.Session, topic: Resource) -> None:
    """Someone gives the topic, left with the owner's policy, one for alarms."""
    put_policy(boto.client("sns"), topic.id, _statement(topic.id, "alarms", {"Service": "cloudwatch.amazonaws.com"}))


def _statement(arn: str, sid: str, principal: Any) -> dict[str, Any]:
    actions = ["SNS:Publish", "SNS:Subscribe"]
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": arn}


scene = Scene(
    resource_type="AWS::SNS::Topic",
    example="arn:aws:sns:eu-west-1:444455556666:alarms",
    make=make,
    drift={"sns.remove_public_policy": own_policy},
)
