"""Managed policies in moto: AWS's own, of which moto has none unless it loads all, and customer managed ones."""

from __future__ import annotations

import json
from typing import Any

import boto3
from moto.iam.models import AWSManagedPolicy

from chalicelib.model import Resource
from lab.ids_iam import backends

ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}],
}
BROAD = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}
AWS_MANAGED = {"AdministratorAccess": ALL, "PowerUserAccess": BROAD}


def attach_policies(attach: Any, boto: boto3.Session, near: Resource, **whose: str) -> None:
    """Attach two policies that make an administrator and two that make none, one of each by AWS.

    `attach` is the call that does; `whose` names the user, role or group.
    """
    for arn in (*_aws_managed(near), _have(boto, "do-anything", ALL), _have(boto, "read-buckets", READ)):
        attach(PolicyArn=arn, **whose)


def _aws_managed(near: Resource) -> list[str]:
    dates = dict.fromkeys(("CreateDate", "UpdateDate"), "2015-02-06T18:39:46+00:00")
    for backend in backends(near):
        for name, document in AWS_MANAGED.items():
            data = {**dates, "DefaultVersionId": "v1", "Path": "/", "Document": document}
            policy = AWSManagedPolicy.from_data(name, near.account, near.region, data)
            backend.managed_policies.setdefault(policy.arn, policy)
    return [f"arn:{near.partition}:iam::aws:policy/{name}" for name in AWS_MANAGED]


def _have(boto: boto3.Session, name: str, document: Any) -> str:
    """Return the policy's ARN: moto's IAM of every partition may answer with one of `aws`."""
    iam = boto.client("iam")
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        if policy["PolicyName"] == name:
            return str(policy["Arn"])
    return str(iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"])
