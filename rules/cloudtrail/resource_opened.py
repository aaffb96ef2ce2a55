"""Anybody may use a table, stream, layer, bus, registry or build, and no remediation closes it: people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.anybody import ANYBODY
from rules.controls import PUBLIC_DATA

rule = Rule(
    id="cloudtrail.resource_opened",
    title="Resource was opened to everyone",
    pattern={
        "source": ["aws.codebuild", "aws.dynamodb", "aws.ecr", "aws.events", "aws.kinesis", "aws.lambda"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventSource": ["codebuild.amazonaws.com", "dynamodb.amazonaws.com", "kinesis.amazonaws.com"],
                    "eventName": ["PutResourcePolicy"],
                    "requestParameters": {"policy": ANYBODY},
                },
                {"eventName": ["PutRegistryPolicy"], "requestParameters": {"policyText": ANYBODY}},
                # A condition on the organization is a field of its own.
                {
                    "eventName": ["PutPermission"],
                    "requestParameters": {"principal": ["*"], "condition": {"value": [{"exists": False}]}},
                },
                {
                    "eventName": [{"prefix": "AddLayerVersionPermission2"}],
                    "requestParameters": {"principal": ["*"], "organizationId": [{"exists": False}]},
                },
                {
                    "eventName": ["UpdateProjectVisibility"],
                    "requestParameters": {"projectVisibility": ["PUBLIC_READ"]},
                },
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1530", "T1098"),
    controls=PUBLIC_DATA,
    look_at=(
        "Take the permission off again unless it is for everybody by intent or a condition limits it. A build's logs"
        " and artifacts and a layer's code hold secrets at times: rotate those that were in them."
    ),
    ask_actor=True,
)
