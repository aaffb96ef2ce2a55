"""The endpoint that Slack calls: an API of one route, its function, and a role that can decide nothing by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.organization import Organization
from chalicelib.slackapp.once import PREFIX
from infrastructure import functions
from infrastructure.cloudformation import allow, arn, document, ref, when
from infrastructure.names import DECIDE, ENDPOINT, logical, named

RATE, BURST = 10, 20
"""Requests a second that the API lets through, and at once: people click far less, and whoever else calls waits."""

CONCURRENCY = 5


def policy(organization: Organization, stage: str) -> dict[str, Any]:
    """Return all that the endpoint may do: prove a request, remember a click, read an incident, hand over a decision.

    It writes nothing of the ledger but clicks, and enters no account.
    """
    return document(
        *functions.traces(ENDPOINT, stage),
        allow(("dynamodb:UpdateItem",), arn("Ledger"), _only(f"{PREFIX}*"), sid="Clicks"),
        allow(("dynamodb:Query",), arn("Ledger"), _only("incident#*"), sid="Incidents"),
        functions.key(),
        *functions.secrets(organization.channels.slack_secret),
        allow(("lambda:InvokeFunction",), arn(logical(DECIDE)), sid="HandOver"),
    )


def merged(stage: str) -> dict[str, Any]:
    """Return what is merged into what Chalice makes of the route.

    Nothing but Slack's signature lets anyone in: the route is open to the internet, as Slack has no fixed addresses.
    Access logs are off: they take a role for all of the account's APIs, and the function logs every answer.
    """
    properties = {
        "FunctionName": named(stage, ENDPOINT),
        "ReservedConcurrentExecutions": when("Reserve", CONCURRENCY),
        "Environment": {"Variables": {"LEDGER_TABLE": ref("Ledger"), "DECIDE_FUNCTION": ref(logical(DECIDE))}},
    }
    throttled = {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingRateLimit": RATE,
        "ThrottlingBurstLimit": BURST,
    }
    api = {
        "Name": named(stage, ENDPOINT),
        # Without it, SAM adds a second stage, which nothing throttles (SAM reference, AWS::Serverless::Api).
        "OpenApiVersion": "2.0",
        "EndpointConfiguration": {"Type": "REGIONAL"},
        "MethodSettings": [throttled],
    }
    return {**functions.owned(ENDPOINT, stage, properties), "RestAPI": {"Properties": api}}


def output() -> Mapping[str, Any]:
    """Return the stack's output of where Slack is to send what people click."""
    url = "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api/slack"
    return {"Value": {"Fn::Sub": url}, "Description": "The request URL of the Slack app's interactivity"}


def _only(keys: str) -> dict[str, Any]:
    """Return the condition that only items whose `pk` is like this are touched."""
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [keys]}}
