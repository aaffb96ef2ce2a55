"""A function that anybody may call, by its URL, an alias's and the API, beside triggers of its own and a neighbour."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes_lambda
from lab.scene import Scene

ROLE = "lambda-example"
ANYBODY: list[dict[str, Any]] = [
    {
        "StatementId": "FunctionURLAllowPublicAccess",
        "Action": "lambda:InvokeFunctionUrl",
        "FunctionUrlAuthType": "NONE",
    },
    {"StatementId": "FunctionURLInvokeAllowPublicAccess", "InvokedViaFunctionUrl": True},
    {"StatementId": "anybody"},
]
BUCKET = {"StatementId": "uploads", "Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::example-uploads"}
LIVE = "live"


def make(boto: boto3.Session, function: Resource) -> str:
    """Return the function's name: always the event's own."""
    moto_fixes_lambda.apply()
    client: Any = boto.client("lambda")
    have = {each["FunctionName"] for each in client.list_functions()["Functions"]}
    role = _have_role(boto, function)
    neighbour = f"{function.id}-neighbour"[-64:]
    for name in {function.id, neighbour} - have:
        client.create_function(
            FunctionName=name, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": _code()}
        )
    if function.id not in have:
        version = client.publish_version(FunctionName=function.id)["Version"]
        client.create_alias(FunctionName=function.id, Name=LIVE, FunctionVersion=version)
        for qualifier in ({}, {"Qualifier": LIVE}):
            _open(client, function, qualifier)
    if neighbour not in have:
        client.put_function_concurrency(FunctionName=neighbour, ReservedConcurrentExecutions=5)
        client.add_permission(FunctionName=neighbour, **_permission(BUCKET | {"SourceAccount": function.account}))
    return function.id


def _open(client: Any, function: Resource, qualifier: dict[str, str]) -> None:
    which = {"FunctionName": function.id, **qualifier}
    client.create_function_url_config(**which, AuthType="NONE", Cors={"AllowOrigins": ["https://example.com"]})
    for statement in (*ANYBODY, BUCKET | {"SourceAccount": function.account}):
        client.add_permission(**which, **_permission(statement))


def _permission(said: dict[str, Any]) -> dict[str, Any]:
    return {"Action": "lambda:InvokeFunction", "Principal": "*", **said}


def _have_role(boto: boto3.Session, near: Resource) -> str:
    iam = boto.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    try:
        return str(iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)["Role"]["Arn"])
    except iam.exceptions.EntityAlreadyExistsException:
        return str(iam.get_role(RoleName=ROLE)["Role"]["Arn"])


def _code() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return event\n")
    return packed.getvalue()


def opened_again(boto: boto3.Session, function: Resource) -> None:
    """Someone lets everybody call it under another statement."""
    boto.client("lambda").add_permission(FunctionName=function.id, **_permission({"StatementId": "again"}))


def started_again(boto: boto3.Session, function: Resource) -> None:
    """Someone lets it run once at a time."""
    boto.client("lambda").put_function_concurrency(FunctionName=function.id, ReservedConcurrentExecutions=1)


scene = Scene(
    resource_type="AWS::Lambda::Function",
    example="example-function",
    make=make,
    drift={"lambda.remove_public_access": opened_again, "lambda.stop_function": started_again},
)
