"""The hub: what is merged into the template that Chalice makes of the functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib import table
from chalicelib.catalogue import Catalogue
from chalicelib.model import Rule
from chalicelib.organization import Organization
from chalicelib.patterns import SOURCES, groups, merged, numbered
from infrastructure import endpoint, functions, operators
from infrastructure.alarms import alarms
from infrastructure.cloudformation import ACCOUNT, PARTITION, REGION, allow, arn, document, ref, sub, when
from infrastructure.dashboard import body
from infrastructure.events import rules_of
from infrastructure.names import FUNCTIONS, logical, mode_parameter, named, stack

EXPIRES = "expires_at"
"""The attribute (epoch seconds) by which DynamoDB deletes; an item without it, as every incident, never expires."""

LISTS: Mapping[str, Any] = {
    "IndexName": table.LISTS,
    "KeySchema": [
        {"AttributeName": "list", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
"""The index of the ledger's lists: which incidents there are, and what is due."""

PARAMETERS: Mapping[str, Any] = {
    "KeyArn": {
        "Type": "String",
        "Default": "",
        "AllowedPattern": "^$|^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$",
        "Description": "A KMS key of yours for table, topic, queues and logs; empty for AWS's own keys. Its policy must"
        " let cloudwatch, events and logs.REGION.amazonaws.com use it.",
    },
    "ReserveConcurrency": {
        "Type": "String",
        "Default": "yes",
        "AllowedValues": ["yes", "no"],
        "Description": "Whether each function has its own share of the account's concurrency. A new account has too"
        " little to share (Lambda needs 100 unreserved): no, until its quota is raised.",
    },
}


def merge_template(catalogue: Catalogue, organization: Organization, stage: str) -> dict[str, Any]:
    """Return what `chalice package --merge-template` merges. Keys of Chalice's own resources must exist there."""
    told = functions.topic(organization)
    resources: dict[str, Any] = {
        "Ledger": _ledger(),
        **(_topic(stage) if not organization.channels.topic else {}),
        "MembersMaySend": _bus_policy(organization, stage),
        "ModeParameter": _mode(stage),
        "OperatorRole": operators.role(organization, stage),
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardName": stack(stage), "DashboardBody": sub(body(catalogue, stage))},
        },
        **alarms(stage, told),
        **endpoint.merged(stage),
    }
    for function in FUNCTIONS:
        resources |= functions.merged(function, organization, stage, rules_of(catalogue, function))
    for source in SOURCES:
        resources |= _archives(catalogue, source, stage)
    return {
        "Description": f"countermeasure: the hub, stage {stage}",
        "Parameters": dict(PARAMETERS),
        "Conditions": {
            "HasKey": {"Fn::Not": [{"Fn::Equals": [ref("KeyArn"), ""]}]},
            "Reserve": {"Fn::Equals": [ref("ReserveConcurrency"), "yes"]},
        },
        "Resources": resources,
        "Outputs": {
            "LedgerTable": {"Value": ref("Ledger"), "Description": "The table that knows what was there before"},
            "TopicArn": {"Value": told, "Description": "Subscribe those who are to be told"},
            "SlackUrl": endpoint.output(),
            "OperatorRoleArn": {"Value": arn("OperatorRole"), "Description": "The role of the operator's command"},
        },
    }


def _ledger() -> dict[str, Any]:
    """Return the table. Its name begins with the stack's: a fixed one would stand in the way of a second attempt, as
    neither a failed deployment nor a deleted stack takes the table with it.
    """
    key = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": ref("KeyArn")}
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "list", "at")
            ],
            "GlobalSecondaryIndexes": [LISTS],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "TimeToLiveSpecification": {"AttributeName": EXPIRES, "Enabled": True},
            "DeletionProtectionEnabled": True,
            # Without a key of yours, DynamoDB encrypts with its own.
            "SSESpecification": when("HasKey", key),
        },
    }


def _mode(stage: str) -> dict[str, Any]:
    """Return the kill switch, which lets everything go on as it is until somebody sets it.

    CloudFormation compares a template with the one before, not with what is there: a deployment leaves the value as
    people set it, as long as nothing in this resource changes. What may vary is kept out of it for that, and whoever
    deploys with other stack tags, which go on to the parameter, sets it anew.
    """
    return {
        "Type": "AWS::SSM::Parameter",
        "Properties": {
            "Name": mode_parameter(stage),
            "Type": "String",
            "Value": "enforce",
            "AllowedPattern": "^(off|observe|approve|enforce)(: .{1,500})?$",
        },
    }


def _topic(stage: str) -> dict[str, Any]:
    """Return the topic. Not encrypted with alias/aws/sns: CloudWatch may not use that key, and alarms would be lost."""
    alarm = {
        **allow(("sns:Publish",), ref("Topic"), {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}),
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
    }
    return {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": stack(stage), "KmsMasterKeyId": when("HasKey", ref("KeyArn"))},
        },
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [ref("Topic")], "PolicyDocument": document(alarm)},
        },
    }


def _bus_policy(organization: Organization, stage: str) -> dict[str, Any]:
    """Return leave for the organization's accounts to forward events; nobody can send one as if from AWS itself."""
    bus = sub(f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}:event-bus/default")
    members = {"StringEquals": {"aws:PrincipalOrgID": organization.id}}
    return {
        "Type": "AWS::Events::EventBusPolicy",
        "Properties": {
            "EventBusName": "default",
            "StatementId": f"{stack(stage)}-members",
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": bus,
                "Condition": members,
            },
        },
    }


def _archives(catalogue: Catalogue, source: str, stage: str) -> dict[str, Any]:
    """Return the archives of what one function hears, one for each of its patterns."""
    name, found = logical(source, "Archive"), groups(rules_of(catalogue, source))
    return {
        numbered(name, number).replace("-", ""): _archive(numbered(named(stage, source), number), group)
        for number, group in enumerate(found)
    }


def _archive(name: str, rules: Sequence[Rule]) -> dict[str, Any]:
    return {
        "Type": "AWS::Events::Archive",
        "Properties": {
            "ArchiveName": name,
            "Description": "Events as they came, to be replayed",
            "SourceArn": sub(f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}:event-bus/default"),
            "EventPattern": merged(rules),
            "RetentionDays": functions.ARCHIVE_DAYS,
        },
    }
