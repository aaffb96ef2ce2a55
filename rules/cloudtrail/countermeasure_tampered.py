"""Somebody takes countermeasure itself apart; people are told while it still can."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

OURS = [{"wildcard": "*countermeasure*"}]
BY_HAND = [{"anything-but": ["cloudformation.amazonaws.com"]}]

rule = Rule(
    id="cloudtrail.countermeasure_tampered",
    title="Countermeasure itself was tampered with",
    pattern={
        "source": ["aws.events", "aws.lambda", "aws.iam", "aws.dynamodb", "aws.sns", "aws.cloudformation"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["DeleteRule", "DisableRule"], "requestParameters": {"name": OURS}},
                {"eventName": ["RemoveTargets"], "requestParameters": {"rule": OURS}},
                {
                    "eventName": [
                        {"prefix": "DeleteFunction2"},
                        {"prefix": "PutFunctionConcurrency2"},
                        {"prefix": "RemovePermission2"},
                    ],
                    "requestParameters": {"functionName": OURS},
                },
                {
                    "eventName": [
                        "AttachRolePolicy",
                        "DeleteRole",
                        "DeleteRolePermissionsBoundary",
                        "DeleteRolePolicy",
                        "DetachRolePolicy",
                        "PutRolePermissionsBoundary",
                        "PutRolePolicy",
                        "UpdateAssumeRolePolicy",
                    ],
                    "requestParameters": {"roleName": OURS},
                },
                # The role is made anew, or its managed policies are: deployments do that as CloudFormation.
                {"eventName": ["CreateRole"], "requestParameters": {"roleName": OURS}, "sourceIPAddress": BY_HAND},
                {
                    "eventName": ["CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion"],
                    "requestParameters": {"policyArn": OURS},
                    "sourceIPAddress": BY_HAND,
                },
                # What holds an intruder is taken off again by somebody else.
                {
                    "eventName": ["DeleteRolePolicy", "DeleteUserPolicy", "PutRolePolicy", "PutUserPolicy"],
                    "requestParameters": {"policyName": [{"prefix": "countermeasure-"}]},
                },
                {"eventName": ["DeleteTable"], "requestParameters": {"tableName": OURS}},
                {"eventName": ["DeleteTopic"], "requestParameters": {"topicArn": OURS}},
                {"eventName": ["DeleteStack"], "requestParameters": {"stackName": OURS}},
            ],
        },
    },
    severity=Severity.CRITICAL,
    attack=("T1562.001",),
    controls=SAFEGUARD,
    look_at=(
        "Unless you are deploying right now: contain whoever did it by hand, deploy countermeasure again from a clean"
        " checkout, and assume that events since then were not answered. If a policy that holds somebody was taken off,"
        " undo and answer that incident again."
    ),
)
