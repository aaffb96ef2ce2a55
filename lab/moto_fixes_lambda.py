"""Where moto's Lambda differs from AWS in what remediations rely on: an alias has a policy and a URL of its own.

Adds ListFunctionUrlConfigs, which moto lacks.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda import urls
from moto.awslambda.exceptions import ConflictException, GenericResourcNotFound
from moto.awslambda.responses import LambdaResponse

# Typed as Any: what it holds is replaced.
Responses: Any = LambdaResponse

LIST_URLS = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/urls/?$"
CONDITIONS = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""What AddPermission makes of its parameters (Lambda Developer Guide, "Control access to Lambda function URLs")."""


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    for name, method in FIXED.items():
        setattr(Responses, name, method)
    Responses.list_function_url_configs = _list_urls
    urls.url_paths[LIST_URLS] = LambdaResponse.dispatch


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    for name, method in _moto.items():
        setattr(Responses, name, method)
    urls.url_paths.pop(LIST_URLS, None)


def _add_permission(response: Any) -> str:
    arn, policy = _kept(response, "policies", -2)
    asked = response.json_body
    if any(statement["Sid"] == asked["StatementId"] for statement in policy):
        raise ConflictException(f"The statement id ({asked['StatementId']}) provided already exists.")
    statement = {
        "Sid": asked["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(asked["Principal"]),
        "Action": asked["Action"],
        "Resource": arn,
    }
    for name in CONDITIONS.keys() & asked.keys():
        operator, key = CONDITIONS[name]
        value = str(asked[name]).lower() if operator == "Bool" else asked[name]
        statement.setdefault("Condition", {}).setdefault(operator, {})[key] = value
    policy.append(statement)
    return json.dumps({"Statement": json.dumps(statement)})


def _get_policy(response: Any) -> str:
    _, policy = _kept(response, "policies", -2)
    if not policy:
        raise GenericResourcNotFound
    document = {"Version": "2012-10-17", "Id": "default", "Statement": policy}
    return json.dumps({"Policy": json.dumps(document), "RevisionId": "1"})


def _remove_permission(response: Any) -> Any:
    _, policy = _kept(response, "policies", -3)
    there = [statement for statement in policy if statement["Sid"] == unquote(response.path.split("/")[-1])]
    if not there:
        raise GenericResourcNotFound
    policy.remove(there[0])
    return 204, {"status": 204}, "{}"


def _create_url(response: Any) -> Any:
    arn, config = _kept(response, "urls", -2)
    made = {"FunctionUrl": "https://example.lambda-url.on.aws/", "CreationTime": "", "LastModifiedTime": ""}
    config.append({**made, **response.json_body, "FunctionArn": arn})
    return 201, {"status": 201}, json.dumps(config[0])


def _get_url(response: Any) -> str:
    _, config = _kept(response, "urls", -2)
    if not config:
        raise GenericResourcNotFound
    return json.dumps(config[0])


def _update_url(response: Any) -> str:
    _, config = _kept(response, "urls", -2)
    if not config:
        raise GenericResourcNotFound
    config[0].update(response.json_body)
    return json.dumps(config[0])


def _list_urls(response: Any) -> str:
    function = response.backend.get_function(unquote(response.path.split("/")[-2]))
    kept = vars(function).setdefault("urls", {})
    return json.dumps({"FunctionUrlConfigs": [config for configs in kept.values() for config in configs]})


def _kept(response: Any, what: str, place: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the ARN of the function or alias that a call is for, and what is kept of it with the function."""
    name, qualifier = unquote(response.path.split("/")[place]), response.querystring.get("Qualifier", [""])[0]
    response.backend.get_function(name, qualifier or None)
    function = response.backend.get_function(name)
    arn = f"{function.function_arn}:{qualifier}" if qualifier else function.function_arn
    kept: dict[str, list[dict[str, Any]]] = vars(function).setdefault(what, {})
    return arn, kept.setdefault(qualifier, [])


def _principal(named: str) -> Any:
    if named == "*":
        return named
    return {"Service": named} if named.endswith(".amazonaws.com") else {"AWS": named}


FIXED = {
    "add_permission": _add_permission,
    "get_policy": _get_policy,
    "remove_permission": _remove_permission,
    "create_function_url_config": _create_url,
    "get_function_url_config": _get_url,
    "update_function_url_config": _update_url,
}
_moto = {name: vars(Responses)[name] for name in FIXED}
