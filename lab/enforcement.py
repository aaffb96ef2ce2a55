"""IAM enforced in the embedded AWS: credentials that may do exactly what they are given, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from unittest.mock import patch

from botocore.credentials import ReadOnlyCredentials

from lab.organization import Lab

ROLE = "exactly"

IAM_NAMES = {
    "GET": {"publicAccessBlock": "GetBucketPublicAccessBlock", "replication": "GetReplicationConfiguration"},
    "PUT": {"publicAccessBlock": "PutBucketPublicAccessBlock", "replication": "PutReplicationConfiguration"},
    "DELETE": {"publicAccessBlock": "PutBucketPublicAccessBlock"},
}
"""What IAM calls requests on a bucket, by method and query, where moto has another name or none (Service Authorization
Reference, "Actions, resources, and condition keys for Amazon S3")."""

NEEDED = {
    "s3:GetPublicAccessBlock": ("s3:GetAccountPublicAccessBlock",),
    "s3:PutPublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    "s3:DeletePublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    "s3:PutReplicationConfiguration": ("s3:PutReplicationConfiguration", "iam:PassRole"),
    "access-analyzer:CreateAnalyzer": ("access-analyzer:CreateAnalyzer", "access-analyzer:TagResource"),
    "cloudtrail:CreateTrail": ("cloudtrail:CreateTrail", "cloudtrail:AddTags", "iam:PassRole"),
    "config:PutConfigurationRecorder": ("config:PutConfigurationRecorder", "iam:PassRole"),
    "guardduty:CreateDetector": ("guardduty:CreateDetector", "guardduty:TagResource"),
    "eks:CreateAccessEntry": ("eks:CreateAccessEntry", "eks:TagResource"),
    "bedrock:PutModelInvocationLoggingConfiguration": (
        "bedrock:PutModelInvocationLoggingConfiguration",
        "iam:PassRole",
    ),
}
"""What other calls need, by the name that moto has for them: those on an account's public access, which it names as
their operations are, and those that need a second permission: to tag, or to pass a role (their API references)."""


@contextmanager
def enforced(lab: Lab, account: str, actions: Iterable[str]) -> Iterator[ReadOnlyCredentials]:
    """Give credentials of an account that may do these IAM actions alone, while moto enforces IAM.

    moto's check of signatures is left out: it miscounts those of some REST services, and no law is about them.
    """
    from moto.core.authorization import enable_iam_authentication  # noqa: PLC0415 - the lab loads moto when it starts
    from moto.iam.access_control import IAMRequestBase  # noqa: PLC0415
    from moto.s3.responses import ACTION_MAP  # noqa: PLC0415
    from moto.s3control.responses import S3ControlResponse  # noqa: PLC0415

    keys = _credentials(lab, account, sorted(actions))
    with ExitStack() as undo:
        undo.enter_context(enable_iam_authentication())
        undo.enter_context(patch.object(IAMRequestBase, "check_signature", lambda _: None))
        for method, names in IAM_NAMES.items():
            undo.enter_context(patch.dict(ACTION_MAP["BUCKET"][method], names))
        undo.enter_context(patch.object(S3ControlResponse, "_authenticate_and_authorize_normal_action", _as_s3_does))
        check = IAMRequestBase.check_action_permitted
        undo.enter_context(patch.object(IAMRequestBase, "check_action_permitted", _all_needed(check)))
        yield keys


def _as_s3_does(response: Any, resource: str = "*") -> None:
    """Refuse as S3 does: moto refuses calls on an account's S3 settings in a form in which no error code is found."""
    from moto.core.exceptions import AccessDeniedError  # noqa: PLC0415 - the lab loads moto when it starts
    from moto.iam.access_control import IAMRequest  # noqa: PLC0415

    try:
        response._authenticate_and_authorize_action(IAMRequest, resource)
    except AccessDeniedError as error:
        error.description = f"<Error><Code>AccessDenied</Code><Message>{error.message}</Message></Error>"
        raise


def _all_needed(check: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
    """Return the check that asks for every action of NEEDED where there is one."""

    def checked(request: Any, resource: str) -> None:
        for action in NEEDED.get(request._action, (request._action,)):
            request._action = action
            check(request, resource)

    return checked


def _credentials(lab: Lab, account: str, actions: list[str]) -> ReadOnlyCredentials:
    iam = lab.boto(account, "us-east-1").client("iam")
    with suppress(iam.exceptions.EntityAlreadyExistsException):  # then it gets other permissions
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_document("sts:AssumeRole"))
    iam.put_role_policy(RoleName=ROLE, PolicyName=ROLE, PolicyDocument=_document(actions or ["none:None"]))
    role = f"arn:aws:iam::{account}:role/{ROLE}"
    keys = lab.boto(account, "us-east-1").client("sts").assume_role(RoleArn=role, RoleSessionName=ROLE)["Credentials"]
    return ReadOnlyCredentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def _document(actions: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
