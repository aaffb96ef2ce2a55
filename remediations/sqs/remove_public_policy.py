"""Take the statements that let anyone in out of a queue's policy, and leave the others as they are."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.errors import Gone
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public_policy import changed, closed, state, text

GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
"""How SQS says that a queue does not exist, in its old protocol and in its new one."""


def read(aws: Session, queue: Resource) -> Json:
    """Return the public statements (see `public_policy.state`). Raises Gone when the queue was deleted."""
    try:
        return state(policy(aws, url(aws, queue)))
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        raise Gone(f"{queue.key} does not exist any more") from error


def desired(now: Json, queue: Resource) -> Json:
    return closed(now)


def write(aws: Session, queue: Resource, now: Json, then: Json) -> None:
    there = url(aws, queue)
    wanted = changed(policy(aws, there), now, then)
    # The empty text takes the policy away.
    aws.client("sqs").set_queue_attributes(QueueUrl=there, Attributes={"Policy": text(wanted) if wanted else ""})


def url(aws: Session, queue: Resource) -> str:
    return str(aws.client("sqs").get_queue_url(QueueName=queue.id)["QueueUrl"])


def policy(aws: Session, queue_url: str) -> Json:
    """Return the queue's policy, or None when it has none."""
    found = aws.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["Policy"])
    return json.loads(found.get("Attributes", {}).get("Policy") or "null")


remediation = Remediation(
    id="sqs.remove_public_policy",
    title="Remove public statements from an SQS queue's policy",
    resource_type="AWS::SQS::Queue",
    reads=("sqs:GetQueueUrl", "sqs:GetQueueAttributes"),
    writes=("sqs:SetQueueAttributes",),
    pin=("arn:{partition}:sqs:{region}:{account}:{id}",),
    impact=(
        "Whoever sent to or received from the queue by a public statement alone no longer can, principals that it names"
        " beside `*` and AWS services that relied on it too. SQS takes up to a minute to apply it. Messages that are in"
        " the queue stay, a stranger's too; roles and users of the account go on by their own permissions."
    ),
    read=read,
    desired=desired,
    write=write,
)
