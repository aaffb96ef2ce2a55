"""The hub's role in which people run the operator's command: approve, undo, replay, and see whether all is well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.organization import Organization
from infrastructure import evidence, functions
from infrastructure.cloudformation import ACCOUNT, PARTITION, REGION, allow, arn, document
from infrastructure.names import ENDPOINT, FUNCTIONS, TRIGGERED, logical, named, operator, stack

QUEUE_ACTIONS = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
)
NOT_LIMITED = (
    "cloudtrail:DescribeTrails",
    "cloudwatch:GetMetricStatistics",
    "events:ListArchives",
    "events:ListReplays",
    "events:ListRules",
    "guardduty:ListDetectors",
    "guardduty:ListMembers",
)
"""What is asked that IAM can limit to no resource."""


def role(organization: Organization, stage: str) -> dict[str, Any]:
    """Return the role. Its account is its principal: the hub's own IAM says who may assume it."""
    hub = f"arn:{PARTITION}:iam::{ACCOUNT}:root"
    trust = document({"Effect": "Allow", "Principal": {"AWS": hub}, "Action": "sts:AssumeRole"})
    statements = [*functions.duties(organization, stage), *_replays(stage), *_looks(organization, stage)]
    statements += evidence.reads(organization)
    if not organization.asks_aws:
        statements += functions.directory(organization)
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": operator(stage),
            "Description": "In which people approve, undo and replay with the operator's command",
            "AssumeRolePolicyDocument": trust,
            "Policies": [{"PolicyName": "operate", "PolicyDocument": document(*statements)}],
        },
    }


def _replays(stage: str) -> Iterator[dict[str, Any]]:
    """Yield leave to send events once more: to functions, from their queues, from the archives."""
    events = f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}"
    run = [arn(logical(function)) for function in TRIGGERED]
    seen = [arn(logical(function)) for function in (*FUNCTIONS, ENDPOINT)]
    queues = [arn(logical(function, "DeadLetters")) for function in FUNCTIONS]
    archives = [f"{events}:archive/{stack(stage)}-*", f"{events}:event-bus/default", f"{events}:replay/*"]
    yield allow(("lambda:GetFunctionConfiguration",), seen, sid="SeeFunctions")
    # Not the function that decides: whoever invokes it says who has clicked.
    yield allow(("lambda:InvokeFunction",), run, sid="RunFunctions")
    yield allow(QUEUE_ACTIONS, queues, sid="DeadLetters")
    yield allow(("ssm:PutParameter",), functions.switch(stage), sid="SetSwitch")
    yield allow(("events:DescribeArchive", "events:StartReplay"), archives, sid="Archives")


def _looks(organization: Organization, stage: str) -> Iterator[dict[str, Any]]:
    """Yield leave to see what `countermeasure doctor` looks at, in the hub and in its regions."""
    here = f"{REGION}:{ACCOUNT}"
    rules, bus = (
        f"arn:{PARTITION}:events:{here}:{what}" for what in (f"rule/{named(stage, '')}*", "event-bus/default")
    )
    yield allow(NOT_LIMITED, "*", sid="Look")
    yield allow(("dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable"), arn("Ledger"), sid="LookAtLedger")
    yield allow(("events:DescribeEventBus",), bus, sid="LookAtBus")
    yield allow(("events:DescribeRule", "events:ListTargetsByRule"), rules, sid="LookAtRules")
    yield allow(("sns:ListSubscriptionsByTopic",), functions.topic(organization), sid="LookAtTopic")
    watched = {
        "cloudformation:DescribeStacks": f"arn:{PARTITION}:cloudformation:{here}:stack/{stack(stage)}/*",
        "cloudtrail:GetTrailStatus": f"arn:{PARTITION}:cloudtrail:*:*:trail/*",  # an organization trail is another's
        "config:DescribeConfigurationRecorderStatus": f"arn:{PARTITION}:config:*:{ACCOUNT}:configuration-recorder/*/*",
        "guardduty:GetDetector": f"arn:{PARTITION}:guardduty:*:{ACCOUNT}:detector/*",
        "securityhub:DescribeHub": f"arn:{PARTITION}:securityhub:*:{ACCOUNT}:hub/default",
        "securityhub:ListMembers": f"arn:{PARTITION}:securityhub:*:{ACCOUNT}:hub/default",
    }
    for action, resource in watched.items():
        yield allow((action,), resource)
