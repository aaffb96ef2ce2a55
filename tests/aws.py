"""What the tests of remediations share: a session in an AWS of its own, and one life of a change."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import plan, read, write
from lab import moto_fixes
from lab.quick import quick
from lab.stage import scenes

ACCOUNT, REGION = "123456789012", "eu-central-1"  # moto's account for credentials that it does not know
NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Aws:
    """A session as a remediation gets one; it also remembers what was called."""

    boto: boto3.Session
    account: str = ACCOUNT
    region: str = REGION
    partition: str = "aws"
    incident: str = "inc-1"
    now: datetime = NOW
    credentials: Mapping[str, str] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.boto.client(service, region_name=self.region, **self.credentials)
            record = lambda params, model, **_: self.calls.append((model.name, params))  # noqa: E731
            self.clients[service].meta.events.register_last("provide-client-params", record)
        return self.clients[service]

    def made(self) -> list[str]:
        """Return the operations called since the last look."""
        names = [name for name, _ in self.calls]
        self.calls.clear()
        return names


@functools.cache
def _boto(region: str) -> boto3.Session:
    """Return the region's one session: it keeps the service models loaded."""
    return boto3.Session("testing", "testing", region_name=region)


@contextmanager
def opened(region: str = REGION) -> Iterator[Aws]:
    """Yield a session of the account in an AWS that is empty."""
    moto_fixes.apply()
    with quick(), mock_aws():
        yield Aws(_boto(region), region=region)


def make(aws: Aws, *resources: Resource) -> None:
    """Make the insecure resources by their scenes, under the very ids that the resources have."""
    for resource in resources:
        scene = scenes(resource.type.split("::")[1])[resource.type]
        assert scene.make(aws.boto, resource) == resource.id


def apply(aws: Aws, remediation: Remediation, resource: Resource) -> tuple[Any, Any]:
    """Plan, write, and hold the change against a fresh look; return what was before and after."""
    planned = plan(remediation, aws, resource)
    write(remediation, aws, resource, planned.before, planned.after)
    assert read(remediation, aws, resource) == planned.after
    assert not plan(remediation, aws, resource).needed
    return planned.before, planned.after


def undo(aws: Aws, remediation: Remediation, resource: Resource, change: tuple[Any, Any]) -> None:
    """Bring back what was before, and hold it against a fresh look."""
    before, after = change
    write(remediation, aws, resource, after, before)
    assert read(remediation, aws, resource) == before


def round_trip(aws: Aws, remediation: Remediation, resource: Resource, actions: tuple[str, ...]) -> None:
    """Make the resource; then plan, apply and undo as a role that may do only `actions`, with moto enforcing IAM."""
    make(aws, resource)
    iam, allow = aws.client("iam"), {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName="responder", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="responder", PolicyName="exactly", PolicyDocument=document(allow))
    key = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="incident")["Credentials"]
    signed = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
        "aws_session_token": key["SessionToken"],
    }
    responder = Aws(aws.boto, region=aws.region, credentials=signed)

    @set_initial_no_auth_action_count(0)
    def enforced() -> None:
        undo(responder, remediation, resource, apply(responder, remediation, resource))

    enforced()


def document(statement: Mapping[str, Any]) -> str:
    """Return the policy of one statement, as IAM takes it."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
