"""IAM enforced in the embedded AWS: credentials that may do exactly what they are given, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from botocore.credentials import ReadOnlyCredentials

from lab.organization import Lab

ROLE = "exactly"

IAM_NAMES = {
    "GET": {"publicAccessBlock": "GetBucketPublicAccessBlock"},
    "PUT": {"publicAccessBlock": "PutBucketPublicAccessBlock"},
    "DELETE": {"publicAccessBlock": "PutBucketPublicAccessBlock"},
}
"""What IAM calls requests on a bucket, by method and query, where moto has another name or none (Service Authorization
Reference, "Actions, resources, and condition keys for Amazon S3")."""


@contextmanager
def enforced(lab: Lab, account: str, actions: Iterable[str]) -> Iterator[ReadOnlyCredentials]:
    """Give credentials of an account that may do these IAM actions alone, while moto enforces IAM.

    moto's check of signatures is left out: it miscounts those of some REST services, and no law is about them.
    """
    from moto.core.authorization import enable_iam_authentication  # noqa: PLC0415 - the lab loads moto when it starts
    from moto.iam.access_control import IAMRequestBase  # noqa: PLC0415
    from moto.s3.responses import ACTION_MAP  # noqa: PLC0415

    keys = _credentials(lab, account, sorted(actions))
    with ExitStack() as undo:
        undo.enter_context(enable_iam_authentication())
        undo.enter_context(patch.object(IAMRequestBase, "check_signature", lambda _: None))
        for method, names in IAM_NAMES.items():
            undo.enter_context(patch.dict(ACTION_MAP["BUCKET"][method], names))
        yield keys


def _credentials(lab: Lab, account: str, actions: list[str]) -> ReadOnlyCredentials:
    iam = lab.boto(account, "us-east-1").client("iam")
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_document("sts:AssumeRole"))
    iam.put_role_policy(RoleName=ROLE, PolicyName=ROLE, PolicyDocument=_document(actions or ["none:None"]))
    role = f"arn:aws:iam::{account}:role/{ROLE}"
    keys = lab.boto(account, "us-east-1").client("sts").assume_role(RoleArn=role, RoleSessionName=ROLE)["Credentials"]
    return ReadOnlyCredentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def _document(actions: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
