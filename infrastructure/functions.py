"""What each function is given beside its code: a role that can do no more than it must, a queue, retries, a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib import patterns
from chalicelib.model import Rule
from chalicelib.organization import Organization
from chalicelib.switch import MODE_PARAMETER
from chalicelib.table import LISTS
from infrastructure import evidence
from infrastructure.cloudformation import ACCOUNT, PARTITION, REGION, allow, arn, document, ref, when
from infrastructure.events import state
from infrastructure.names import (
    DAILY,
    HEARTBEAT,
    SCHEDULED,
    TRIGGERED,
    UPKEEP,
    log_group,
    logical,
    mode_parameter,
    named,
)
from infrastructure.roles import SOURCE_IDENTITY

CONCURRENCY = {"cloudtrail": 10, "guardduty": 5, "securityhub": 5, "config": 5, HEARTBEAT: 1, UPKEEP: 1, DAILY: 1}
"""How many events each function may answer at once: a storm of one source leaves the others their share."""

OTHERS = 3
EVENT_AGE = 3600
"""Seconds for which EventBridge and Lambda try to hand over an event; people are told of it after that."""

LAMBDA_RETRIES = 2
EVENTBRIDGE_RETRIES = 60
QUEUE_DAYS = 14
ARCHIVE_DAYS = 30
LEDGER_ACTIONS = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
KEY_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
KEY_USERS = ("dynamodb", "secretsmanager", "sns", "sqs", "ssm")


def policy(function: str, organization: Organization, stage: str) -> dict[str, Any]:
    """Return all that one function may do; what it changes in accounts it does as their responder."""
    return document(
        *traces(function, stage),
        allow(("sqs:SendMessage",), arn(logical(function, "DeadLetters")), sid="DeadLetters"),
        *(duties(organization, stage) if function != HEARTBEAT else _beats()),
        *(evidence.puts(organization) if function == DAILY else ()),
    )


def traces(function: str, stage: str) -> Iterator[dict[str, Any]]:
    """Yield leave to write logs and traces; IAM has no resource for the latter (Service Authorization Reference)."""
    group = f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT}:log-group:{log_group(stage, function)}:log-stream:*"
    yield allow(("logs:CreateLogStream", "logs:PutLogEvents"), group, sid="Logs")
    yield allow(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), "*", sid="Traces")


def duties(organization: Organization, stage: str) -> Iterator[dict[str, Any]]:
    """Yield what answering, approving and undoing take: ledger, switch, topic, secrets, and the responders."""
    yield from _ledger()
    yield allow(("dynamodb:Query",), f"${{Ledger.Arn}}/index/{LISTS}", sid="Lists")
    yield allow(("ssm:GetParameter",), switch(stage), sid="Switch")
    yield allow(("sns:ListSubscriptionsByTopic", "sns:Publish"), topic(organization), sid="Tell")
    yield from secrets(organization.external_id, organization.channels.slack_secret)
    responders = f"arn:{organization.partition}:iam::*:role/{organization.responder}"
    ours, us = {"aws:ResourceOrgID": organization.id}, {"sts:SourceIdentity": SOURCE_IDENTITY}
    yield allow(("sts:AssumeRole",), responders, {"StringEquals": {**ours, **us}}, sid="Respond")
    yield allow(("sts:SetSourceIdentity",), responders, {"StringEquals": us}, sid="Sign")
    if organization.asks_aws:
        yield from directory(organization)


def _beats() -> Iterator[dict[str, Any]]:
    """Yield leave to put heartbeats on the hub's bus and nothing else, and to use the key where one is given."""
    bus = f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}:event-bus/default"
    ours = {"ForAllValues:StringEquals": {"events:source": [patterns.HEARTBEAT]}}
    yield allow(("events:PutEvents",), bus, ours, sid="Beat")
    yield key()


def _ledger() -> Iterator[dict[str, Any]]:
    """Yield leave to keep the ledger, and to use the key where one is given."""
    yield allow(LEDGER_ACTIONS, arn("Ledger"), sid="Ledger")
    yield key()


def key() -> Any:
    """Return leave to use the key where one is given, through the services that keep what is encrypted with it."""
    services = [f"{service}.{REGION}.amazonaws.com" for service in KEY_USERS]
    return when("HasKey", allow(KEY_ACTIONS, ref("KeyArn"), {"StringEquals": {"kms:ViaService": services}}, sid="Key"))


def directory(organization: Organization) -> Iterator[dict[str, Any]]:
    """Yield leave to ask AWS Organizations for accounts; the first has no resource in IAM."""
    units = f"arn:{organization.partition}:organizations::*"
    within = [f"{units}:ou/{organization.id}/ou-*", f"{units}:root/{organization.id}/r-*"]
    asked = ("organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent")
    yield allow(("organizations:ListAccounts",), "*", sid="Accounts")
    yield allow(asked, within, sid="Units")


def switch(stage: str) -> str:
    """Return the ARN of the kill switch."""
    return f"arn:{PARTITION}:ssm:{REGION}:{ACCOUNT}:parameter{mode_parameter(stage)}"


def topic(organization: Organization) -> Any:
    """Return the ARN of the topic: the one that organization.toml names, or else the hub's own."""
    return organization.channels.topic or ref("Topic")


def merged(function: str, organization: Organization, stage: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return what is merged into what Chalice makes of one function, which answers these rules."""
    variables = {"LEDGER_TABLE": ref("Ledger"), "TOPIC_ARN": topic(organization)}
    if function != HEARTBEAT:
        variables[MODE_PARAMETER] = ref("ModeParameter")
    properties = {
        "FunctionName": named(stage, function),
        "ReservedConcurrentExecutions": when("Reserve", CONCURRENCY.get(function, OTHERS)),
        "Environment": {"Variables": variables},
        "EventInvokeConfig": {
            "MaximumEventAgeInSeconds": EVENT_AGE,
            "MaximumRetryAttempts": LAMBDA_RETRIES,
            "DestinationConfig": {
                "OnFailure": {"Type": "SQS", "Destination": arn(logical(function, "DeadLetters"))},
            },
        },
    }
    if function in TRIGGERED:
        properties["Events"] = _events(function, stage, rules)
    return {**owned(function, stage, properties), **_queue(function, stage)}


def owned(function: str, stage: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a function with its properties, its role and its log group."""
    return {
        # The log group is there before the function: else Lambda makes one, and keeps the logs for ever.
        logical(function): {"DependsOn": [logical(function, "LogGroup")], "Properties": dict(properties)},
        logical(function, "Role"): {"Properties": {"RoleName": named(stage, function)}},
        logical(function, "LogGroup"): {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": log_group(stage, function),
                "KmsKeyId": when("HasKey", ref("KeyArn")),
            },
        },
    }


def _events(function: str, stage: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return what is merged into the event: SAM gives retries and a dead-letter queue to EventBridgeRule, Schedule.

    Chalice makes one event of app.py, whose pattern takes heartbeats of any account; more stand beside it.
    """
    undelivered = {
        "DeadLetterConfig": {"Arn": arn(logical(function, "DeadLetters"))},
        "RetryPolicy": {"MaximumEventAgeInSeconds": EVENT_AGE, "MaximumRetryAttempts": EVENTBRIDGE_RETRIES},
    }
    name, event = named(stage, function), logical(function, "Event")
    if function in SCHEDULED:
        return {event: {"Properties": {"Name": name, **undelivered}}}
    found: dict[str, Any] = {}
    heard = zip(patterns.groups(rules), patterns.heard(rules, ref("AWS::AccountId")), strict=True)
    for number, (group, pattern) in enumerate(heard):
        called = {"RuleName": patterns.numbered(name, number), "State": state(group), "Pattern": pattern}
        told = {"Type": "EventBridgeRule", "Properties": {**called, **undelivered}}
        found[patterns.numbered(event, number).replace("-", "")] = told
    return found


def _queue(function: str, stage: str) -> dict[str, Any]:
    """Return the queue of what could not be answered: from EventBridge as it came, from Lambda with the reason."""
    rules = f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}:rule/{named(stage, function)}*"
    name = logical(function, "DeadLetters")
    undelivered = {
        **allow(("sqs:SendMessage",), arn(name), {"ArnLike": {"aws:SourceArn": rules}}, sid="Undelivered"),
        "Principal": {"Service": "events.amazonaws.com"},
    }
    queue = {
        name: {
            "Type": "AWS::SQS::Queue",
            "UpdateReplacePolicy": "Retain",
            "DeletionPolicy": "Delete",
            "Properties": {
                "QueueName": named(stage, function),
                "MessageRetentionPeriod": QUEUE_DAYS * 24 * 3600,
                "SqsManagedSseEnabled": when("HasKey", False, True),
                "KmsMasterKeyId": when("HasKey", ref("KeyArn")),
            },
        }
    }
    if function not in TRIGGERED:
        return queue
    policy = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [ref(name)], "PolicyDocument": document(undelivered)},
    }
    return {**queue, logical(function, "DeadLettersPolicy"): policy}


def secrets(*references: str) -> Iterator[dict[str, Any]]:
    """Yield leave to read what the references name: `secretsmanager:NAME`, `ssm:/path`."""
    yield from (_secret(store, names) for store in ("secretsmanager", "ssm") if (names := _names(store, references)))


def _names(store: str, references: tuple[str, ...]) -> list[str]:
    return sorted({name for kept, _, name in (text.partition(":") for text in references) if kept == store})


def _secret(store: str, names: list[str]) -> dict[str, Any]:
    """Return leave to read secrets. Secrets Manager ends their ARNs in six letters of its own."""
    place = f"arn:{PARTITION}:{store}:{REGION}:{ACCOUNT}"
    if store == "ssm":
        found = [name if name.startswith("arn:") else f"{place}:parameter/{name.lstrip('/')}" for name in names]
        return allow(("ssm:GetParameter",), found, sid="Parameters")
    found = [name if name.startswith("arn:") else f"{place}:secret:{name}-??????" for name in names]
    return allow(("secretsmanager:GetSecretValue",), found, sid="Secrets")
