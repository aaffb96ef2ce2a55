"""The few forms of CloudFormation that the templates are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Any
PARTITION, REGION, ACCOUNT = "${AWS::Partition}", "${AWS::Region}", "${AWS::AccountId}"
NOTHING = {"Ref": "AWS::NoValue"}


def sub(value: Json) -> Json:
    """Return the JSON value with every text that names a pseudo parameter or parameter (`${...}`) as Fn::Sub."""
    match value:
        case str():
            return {"Fn::Sub": value} if "${" in value else value
        case Mapping():
            return {key: inner if key == "Fn::Sub" else sub(inner) for key, inner in value.items()}
        case Sequence():
            return [sub(inner) for inner in value]
        case _:
            return value


def plain(value: Json) -> Json:
    """Return the JSON value with every Fn::Sub as its text: what `sub` was given."""
    match value:
        case {"Fn::Sub": str(text)}:
            return text
        case Mapping():
            return {key: plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case _:
            return value


def ref(name: str) -> Json:
    return {"Ref": name}


def arn(name: str) -> Json:
    """Return the ARN of a resource of the same template."""
    return {"Fn::GetAtt": [name, "Arn"]}


def when(condition: str, then: Json, otherwise: Json = NOTHING) -> Json:
    return {"Fn::If": [condition, then, otherwise]}


def document(*statements: Json) -> dict[str, Json]:
    """Return an IAM policy document; `${AWS::...}` in it stands for what CloudFormation puts there."""
    return {"Version": "2012-10-17", "Statement": sub(statements)}


def allow(actions: Sequence[str], resources: Json, condition: Json = None, *, sid: str = "") -> dict[str, Json]:
    return _statement("Allow", actions, resources, condition, sid)


def deny(actions: Sequence[str], resources: Json, condition: Json = None, *, sid: str = "") -> dict[str, Json]:
    return _statement("Deny", actions, resources, condition, sid)


def _statement(effect: str, actions: Sequence[str], resources: Json, condition: Json, sid: str) -> dict[str, Json]:
    return {
        **({"Sid": sid} if sid else {}),
        "Effect": effect,
        "Action": list(actions),
        "Resource": resources,
        **({"Condition": condition} if condition else {}),
    }
