"""A repository whose images anybody may pull and replace, beside one that has no policy."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

ACTIONS = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:PutImage"]


def make(boto: boto3.Session, repository: Resource) -> str:
    """Return the repository's name: always the event's own."""
    ecr = boto.client("ecr")
    have = {each["repositoryName"] for each in ecr.describe_repositories()["repositories"]}
    for name in {repository.id, f"{repository.id}-neighbour"[:256]} - have:
        ecr.create_repository(repositoryName=name)
    put_policy(ecr, repository, _statement("anybody", "*"))
    return repository.id


def put_policy(ecr: Any, repository: Resource, *statements: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    ecr.set_repository_policy(repositoryName=repository.id, policyText=json.dumps(policy))


def own_policy(boto: boto3.Session, repository: Resource) -> None:
    """Someone gives the repository, left without a policy, one for a partner's account."""
    partner = {"AWS": f"arn:{repository.partition}:iam::999900001111:root"}
    put_policy(boto.client("ecr"), repository, _statement("partner", partner))


def _statement(sid: str, principal: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": ACTIONS}


scene = Scene(
    resource_type="AWS::ECR::Repository",
    example="team/web",
    make=make,
    drift={"ecr.remove_public_policy": own_policy},
)
