"""The template of every account, for a service-managed StackSet: the responder, and what is forwarded to the hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.accounts import home_region
from chalicelib.catalogue import Catalogue
from chalicelib.daily import UNDELIVERED
from chalicelib.model import Rule
from chalicelib.organization import Organization
from chalicelib.patterns import GATHERED, SOURCES, groups, merged, numbered
from infrastructure.cloudformation import ACCOUNT, PARTITION, REGION, allow, arn, document, ref, sub
from infrastructure.events import rules_of, state
from infrastructure.functions import QUEUE_DAYS
from infrastructure.names import PATH, PRODUCT, STAGE, logical
from infrastructure.roles import responder_policy, responder_trust

TEMPLATE_LIMIT = 51_200
"""The most bytes of a template that is handed over as text (CloudFormation quotas)."""


def template(catalogue: Catalogue, organization: Organization, stage: str = STAGE) -> dict[str, Any]:
    """Return the CloudFormation template; members trust the functions and operators of `stage`."""
    home = home_region(organization.partition)
    resources = {
        **_responder(catalogue, organization, stage),
        "ForwarderRole": _forwarder(organization.hub),
        **_undelivered(),
        **_forwards(catalogue, organization.hub),
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "countermeasure: an account's responder, and the events that it forwards to the hub",
        "Metadata": {
            "Regions": sorted(organization.heard_in),
            "Accounts": "All, the hub's own included. A service-managed StackSet leaves the management account out: "
            "deploy this template there as a stack.",
        },
        "Parameters": {
            "HubRegion": {
                "Type": "String",
                "Default": home,
                "AllowedPattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$",
                "Description": "The region in which the hub is deployed",
            },
            "ExternalId": {
                "Type": "String",
                "NoEcho": True,
                "MinLength": 16,
                "MaxLength": 1224,
                "AllowedPattern": r"^[\w+=,.@:/-]+$",
                "Description": "The text that the hub keeps where organization.external_id says",
            },
        },
        "Conditions": _conditions(organization, home),
        "Resources": resources,
    }


def _conditions(organization: Organization, home: str) -> dict[str, Any]:
    in_hub = {"Fn::Equals": [ref("AWS::AccountId"), organization.hub]}
    there = {"Fn::Equals": [ref("AWS::Region"), ref("HubRegion")]}
    return {
        "Home": {"Fn::Equals": [ref("AWS::Region"), home]},
        # Where the hub itself listens, what is forwarded would come twice.
        "Afar": {"Fn::Not": [{"Fn::And": [in_hub, there]}]},
        "HubAfar": {"Fn::And": [in_hub, {"Fn::Not": [there]}]},
    }


def _responder(catalogue: Catalogue, organization: Organization, stage: str) -> dict[str, Any]:
    """Return the role and its policies, once an account: IAM is global."""
    policies = responder_policy(catalogue, organization, ACCOUNT)
    named = {f"ResponderPolicy{number}": policy for number, policy in enumerate(policies, 1)}
    role = {
        "Type": "AWS::IAM::Role",
        "Condition": "Home",
        "Properties": {
            "RoleName": organization.responder,
            "Description": "What countermeasure's hub does in this account, it does as this role",
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": responder_trust(organization, ref("ExternalId"), stage),
            "ManagedPolicyArns": [ref(name) for name in named],
        },
    }
    managed = {
        name: {
            "Type": "AWS::IAM::ManagedPolicy",
            "Condition": "Home",
            "Properties": {"Path": PATH, "PolicyDocument": policy},
        }
        for name, policy in named.items()
    }
    return {"ResponderRole": role, **managed}


def _bus(hub: str) -> str:
    return f"arn:{PARTITION}:events:${{HubRegion}}:{hub}:event-bus/default"


def _forwarder(hub: str) -> dict[str, Any]:
    """Return the role that EventBridge forwards as. It has no name of its own: every region has one."""
    rules = f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}:rule/{PRODUCT}-*"
    condition = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}, "ArnLike": {"aws:SourceArn": rules}}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    send = document(allow(("events:PutEvents",), _bus(hub)))
    return {
        "Type": "AWS::IAM::Role",
        "Condition": "Afar",
        "Properties": {
            "Path": PATH,
            "AssumeRolePolicyDocument": document(trust),
            "Policies": [{"PolicyName": "forward", "PolicyDocument": send}],
        },
    }


def _undelivered() -> dict[str, Any]:
    """Return the queue of what EventBridge could not deliver to the hub's bus. The hub looks at it once a day."""
    rules = f"arn:{PARTITION}:events:{REGION}:{ACCOUNT}:rule/{PRODUCT}-*"
    send = {
        **allow(("sqs:SendMessage",), arn("Undelivered"), {"ArnLike": {"aws:SourceArn": rules}}, sid="Undelivered"),
        "Principal": {"Service": "events.amazonaws.com"},
    }
    queue = {"QueueName": UNDELIVERED, "MessageRetentionPeriod": QUEUE_DAYS * 24 * 3600, "SqsManagedSseEnabled": True}
    return {
        "Undelivered": {"Type": "AWS::SQS::Queue", "Condition": "Afar", "Properties": queue},
        "UndeliveredPolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Condition": "Afar",
            "Properties": {"Queues": [ref("Undelivered")], "PolicyDocument": document(send)},
        },
    }


def _forwards(catalogue: Catalogue, hub: str) -> dict[str, Any]:
    return {
        numbered(logical(source, "Forward"), number).replace("-", ""): _forward(source, number, group, hub)
        for source in SOURCES
        for number, group in enumerate(groups(rules_of(catalogue, source)))
    }


def _forward(source: str, number: int, rules: Sequence[Rule], hub: str) -> dict[str, Any]:
    """Return the rule that forwards what one function of the hub listens to, by the very same pattern."""
    target = {
        "Id": "hub",
        "Arn": sub(_bus(hub)),
        "RoleArn": arn("ForwarderRole"),
        "DeadLetterConfig": {"Arn": arn("Undelivered")},
    }
    return {
        "Type": "AWS::Events::Rule",
        "Condition": "HubAfar" if source in GATHERED else "Afar",
        "Properties": {
            "Name": numbered(f"{PRODUCT}-{source}", number),
            "Description": "Forwards to countermeasure's hub what its rules ask for",
            "State": state(rules),
            "EventPattern": merged(rules),
            "Targets": [target],
        },
    }
