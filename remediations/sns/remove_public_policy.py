"""Take the statements that let anyone in out of a topic's policy, and leave the others as they are."""

from __future__ import annotations

import json

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public import listed
from remediations.public_policy import changed, closed, state, text

OWNER_ONLY = "countermeasure-owner-only"
"""The Id of the policy that stands for none: SNS lets no topic be without a policy, and takes no empty one."""

STATEMENT = "__default_statement_ID"
ACTIONS = (
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
)
"""What SNS's default policy lets the topic's owner do (SNS Developer Guide, "Overview of managing access in Amazon
SNS")."""


def read(aws: Session, topic: Resource) -> Json:
    """Return the public statements (see `public_policy.state`); `policy` is null where the policy is our own."""
    return state(policy(aws, topic))


def desired(now: Json, topic: Resource) -> Json:
    return closed(now)


def write(aws: Session, topic: Resource, now: Json, then: Json) -> None:
    wanted = changed(policy(aws, topic), now, then) or owner_only(topic)
    aws.client("sns").set_topic_attributes(TopicArn=topic.id, AttributeName="Policy", AttributeValue=text(wanted))


def policy(aws: Session, topic: Resource) -> Json:
    """Return the topic's policy, None for the one that stands for none."""
    found = json.loads(aws.client("sns").get_topic_attributes(TopicArn=topic.id)["Attributes"]["Policy"])
    statements = [statement.get("Sid") for statement in listed(found["Statement"])]
    ours = found.get("Id") == OWNER_ONLY and statements == [STATEMENT]
    return None if ours and not state(found)["public"] else found


def owner_only(topic: Resource) -> Json:
    """Return the policy that a topic begins with, under an Id of ours."""
    statement = {
        "Sid": STATEMENT,
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(ACTIONS),
        "Resource": topic.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.account}},
    }
    return {"Version": "2008-10-17", "Id": OWNER_ONLY, "Statement": [statement]}


remediation = Remediation(
    id="sns.remove_public_policy",
    title="Remove public statements from an SNS topic's policy",
    resource_type="AWS::SNS::Topic",
    reads=("sns:GetTopicAttributes",),
    writes=("sns:SetTopicAttributes",),
    pin=("{id}",),
    impact=(
        "Whoever published or subscribed by a public statement alone no longer can, principals that it names beside"
        " `*` and AWS services that relied on it too. A policy of nothing but public statements is replaced by the one"
        " that a new topic has: only the owner's account may use it. Who has subscribed already goes on receiving;"
        " look through the subscriptions."
    ),
    read=read,
    desired=desired,
    write=write,
)
