"""The policies of a user, role or group that let it do everything, as remediations find and move them."""

from __future__ import annotations

import re
from collections.abc import Callable

from botocore.exceptions import ClientError

from chalicelib.model import Json
from remediations.iam.policies import delete_inline, listed, put_inline, statements

AWS_MANAGED = re.compile(r"arn:[a-z-]+:iam::aws:policy/.+", re.ASCII)
ADMINISTRATOR = re.compile(r"arn:[a-z-]+:iam::aws:policy/AdministratorAccess", re.ASCII)
"""The one policy of AWS's own that allows every action on everything; those need no look into them."""

EVERY_ACTION = re.compile(r"\*+(:\*+)?")
EVERYTHING = re.compile(r"\*+")


def attached(iam: Json, operation: str, **whose: str) -> list[str]:
    """Return the ARNs of the attached policies that allow everything, sorted. `operation` lists what is attached."""
    pages = iam.get_paginator(operation).paginate(**whose)
    arns = {policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]}
    return sorted(arn for arn in arns if is_admin(iam, arn))


def is_admin(iam: Json, arn: str) -> bool:
    """Return whether the policy's default version allows every action on everything."""
    if AWS_MANAGED.fullmatch(arn):
        return bool(ADMINISTRATOR.fullmatch(arn))
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return any(allows_everything(statement) for statement in statements(found))


def written(iam: Json, operation: str, get: Callable[..., Json], **whose: str) -> dict[str, Json]:
    """Return the inline policies that allow everything: name -> document. `operation` lists what there is."""
    pages = iam.get_paginator(operation).paginate(**whose)
    names = sorted(name for page in pages for name in page["PolicyNames"])
    found = {name: get(**whose, PolicyName=name)["PolicyDocument"] for name in names}
    return {name: policy for name, policy in found.items() if any(map(allows_everything, statements(policy)))}


def allows_everything(statement: Json) -> bool:
    """Return whether a statement makes an administrator. A condition (MFA, a network) makes none harmless."""
    return (
        statement["Effect"] == "Allow"
        and any(EVERY_ACTION.fullmatch(action) for action in listed(statement.get("Action", [])))
        and any(EVERYTHING.fullmatch(resource) for resource in listed(statement.get("Resource", [])))
    )


def move(detach: Callable[..., Json], attach: Callable[..., Json], now: Json, then: Json, **whose: str) -> None:
    """Detach what is only in `now` and attach what is only in `then`; to attach a policy again does no harm."""
    for arn in now:
        if arn not in then:
            try:
                detach(PolicyArn=arn, **whose)
            except ClientError as error:
                if error.response["Error"]["Code"] != "NoSuchEntity":
                    raise
    for arn in then:
        if arn not in now:
            attach(PolicyArn=arn, **whose)


def rewrite(delete: Callable[..., Json], put: Callable[..., Json], now: Json, then: Json, **whose: str) -> None:
    """Delete the inline policies that are only in `now`, and write those of `then` that `now` has not as they are."""
    for name in now:
        if name not in then:
            delete_inline(delete, **whose, PolicyName=name)
    for name, policy in then.items():
        if now.get(name) != policy:
            put_inline(put, policy, **whose, PolicyName=name)
