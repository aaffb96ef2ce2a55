"""The managed policies of a user, role or group that let it do everything, as remediations find and move them."""

from __future__ import annotations

import re
from collections.abc import Callable

from botocore.exceptions import ClientError

from chalicelib.model import Json
from remediations.iam.policies import listed, statements

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
