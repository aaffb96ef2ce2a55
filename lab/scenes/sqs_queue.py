"""A queue that anybody may send to and read, beside one that has no policy."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene


def make(boto: boto3.Session, queue: Resource) -> str:
    """Return the queue's name: always the event's own."""
    fifo = {"FifoQueue": "true"} if queue.id.endswith(".fifo") else {}
    sqs = boto.client("sqs")
    sqs.create_queue(QueueName=queue.id, Attributes=fifo)
    sqs.create_queue(QueueName=f"{queue.id.removesuffix('.fifo')}-neighbour"[-80:])
    put_policy(boto, queue, _statement(queue, "anybody", "*"))
    return queue.id


def put_policy(boto: boto3.Session, queue: Resource, *statements: dict[str, Any]) -> None:
    sqs = boto.client("sqs")
    policy = {"Version": "2012-10-17", "Id": "orders", "Statement": list(statements)}
    url = sqs.get_queue_url(QueueName=queue.id)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})


def own_policy(boto: boto3.Session, queue: Resource) -> None:
    """Someone gives the queue, left without a policy, one for its own account."""
    account = {"AWS": f"arn:{queue.partition}:iam::{queue.account}:root"}
    put_policy(boto, queue, _statement(queue, "own", account))


def _statement(queue: Resource, sid: str, principal: Any) -> dict[str, Any]:
    arn = f"arn:{queue.partition}:sqs:{queue.region}:{queue.account}:{queue.id}"
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "sqs:*", "Resource": arn}


scene = Scene(
    resource_type="AWS::SQS::Queue",
    example="orders",
    make=make,
    drift={"sqs.remove_public_policy": own_policy},
)
