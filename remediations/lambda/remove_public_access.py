"""Take public statements out of a Lambda function's policies, and have its URLs ask for signed requests."""

from __future__ import annotations

import json
from collections.abc import Iterator

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public import is_public

PARAMETERS = {
    "aws:sourcearn": "SourceArn",
    "aws:sourceaccount": "SourceAccount",
    "aws:principalorgid": "PrincipalOrgID",
    "lambda:eventsourcetoken": "EventSourceToken",
    "lambda:functionurlauthtype": "FunctionUrlAuthType",
    "lambda:invokedviafunctionurl": "InvokedViaFunctionUrl",
}
"""The parameters of AddPermission by the condition key that Lambda makes of each (Lambda API reference)."""


def read(aws: Session, function: Resource) -> Json:
    """Return `{"statements": {qualifier: [statement, ...]}, "urls": {qualifier: "NONE" | "AWS_IAM"}}`.

    The qualifier is an alias, or "" for the function itself. Each has a policy of its own, and each can have a URL.
    """
    # These two say that the function is gone; GetPolicy says the same of a function and of a policy.
    urls = dict(url_types(aws, function))
    found = {qualifier: public_statements(aws, function, qualifier) for qualifier in qualifiers(aws, function)}
    return {"statements": {name: public for name, public in found.items() if public}, "urls": urls}


def desired(now: Json, function: Resource) -> Json:
    return {"statements": {}, "urls": dict.fromkeys(now["urls"], "AWS_IAM")}


def write(aws: Session, function: Resource, now: Json, then: Json) -> None:
    client = aws.client("lambda")
    for qualifier, auth in then["urls"].items():
        if now["urls"].get(qualifier, auth) != auth:  # one that was deleted meanwhile stays so
            client.update_function_url_config(**which(function, qualifier), AuthType=auth)
    for qualifier, statement in apart(now, then):
        remove(client, StatementId=statement["Sid"], **which(function, qualifier))
    for qualifier, statement in apart(then, now):
        client.add_permission(**which(function, qualifier), **permission(statement))


def url_types(aws: Session, function: Resource) -> Iterator[tuple[str, str]]:
    pages = aws.client("lambda").get_paginator("list_function_url_configs").paginate(FunctionName=function.id)
    for found in (each for page in pages for each in page["FunctionUrlConfigs"]):
        yield ":".join(found["FunctionArn"].split(":")[7:]), found["AuthType"]


def qualifiers(aws: Session, function: Resource) -> list[str]:
    pages = aws.client("lambda").get_paginator("list_aliases").paginate(FunctionName=function.id)
    return ["", *sorted(alias["Name"] for page in pages for alias in page["Aliases"])]


def public_statements(aws: Session, function: Resource, qualifier: str) -> list[Json]:
    """Return the public statements of one policy, sorted by their ids: Lambda keeps them in no order of ours.

    Raises Unsupported for one that undo could not make again.
    """
    try:
        answer = aws.client("lambda").get_policy(**which(function, qualifier))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return []
    found = [each for each in json.loads(answer["Policy"])["Statement"] if is_public(each)]
    for statement in found:
        permission(statement)
    return sorted(found, key=lambda each: str(each["Sid"]))


def apart(these: Json, those: Json) -> Iterator[tuple[str, Json]]:
    """Yield the statements, with their qualifiers, that are in these and not in those."""
    for qualifier, statements in these["statements"].items():
        others = those["statements"].get(qualifier, [])
        yield from ((qualifier, statement) for statement in statements if statement not in others)


def which(function: Resource, qualifier: str) -> dict[str, str]:
    return {"FunctionName": function.id, **({"Qualifier": qualifier} if qualifier else {})}


def remove(client: Json, **named: str) -> None:
    """Remove a statement; one that is removed already is as it should be."""
    try:
        client.remove_permission(**named)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def permission(statement: Json) -> dict[str, Json]:
    """Return the parameters with which AddPermission makes this statement: Lambda takes no documents.

    Raises Unsupported for a condition that no parameter makes.
    """
    principal = statement["Principal"]
    named = {"StatementId": statement["Sid"], "Action": statement["Action"]}
    named["Principal"] = next(iter(principal.values())) if isinstance(principal, dict) else principal
    conditions = (pair for keys in statement.get("Condition", {}).values() for pair in keys.items())
    for key, value in conditions:
        name = PARAMETERS.get(key.lower())
        if name is None:
            raise Unsupported(
                f"statement {statement['Sid']} has a condition on {key}, which undo could not make again;"
                " remove the statement by hand"
            )
        named[name] = str(value).lower() == "true" if name == "InvokedViaFunctionUrl" else value
    return named


remediation = Remediation(
    id="lambda.remove_public_access",
    title="Remove public access to a Lambda function",
    resource_type="AWS::Lambda::Function",
    reads=("lambda:ListFunctionUrlConfigs", "lambda:ListAliases", "lambda:GetPolicy"),
    writes=("lambda:RemovePermission", "lambda:AddPermission", "lambda:UpdateFunctionUrlConfig"),
    # A statement of an alias is changed on the alias.
    pin=(
        "arn:{partition}:lambda:{region}:{account}:function:{id}",
        "arn:{partition}:lambda:{region}:{account}:function:{id}:*",
    ),
    impact=(
        "Nobody calls the function, its aliases or their URLs without an AWS identity that may; a page or webhook that"
        " uses a URL unsigned stops. Triggers that name an AWS service or an account stay, and so do API Gateway and"
        " load balancers in front of it. Policies of single published versions, and of its layers, are not looked at."
    ),
    read=read,
    desired=desired,
    write=write,
)
