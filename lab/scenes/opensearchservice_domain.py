"""A search domain that anybody may read and delete from, beside one that only its own account may use."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, domain: Resource) -> str:
    """Return the domain's name: always the event's own."""
    opensearch: Any = boto.client("opensearch")
    have = {each["DomainName"] for each in opensearch.list_domain_names()["DomainNames"]}
    for name in {domain.id, NEIGHBOUR} - have:
        opensearch.create_domain(DomainName=name)
    if NEIGHBOUR not in have:
        put_policy(boto, NEIGHBOUR, owner(domain))
    put_policy(boto, domain.id, statement("anybody", "*"))
    return domain.id


def put_policy(boto: boto3.Session, name: str, *statements: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    boto.client("opensearch").update_domain_config(DomainName=name, AccessPolicies=json.dumps(policy))


def statement(sid: str, principal: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "es:ESHttp*", "Resource": "*"}


def owner(domain: Resource) -> dict[str, Any]:
    return statement("own", {"AWS": f"arn:{domain.partition}:iam::{domain.account}:root"})


def own_policy(boto: boto3.Session, domain: Resource) -> None:
    """Someone gives the domain another policy for its own account."""
    put_policy(boto, domain.id, owner(domain))


scene = Scene(
    resource_type="AWS::OpenSearchService::Domain",
    example="search",
    make=make,
    drift={"opensearch.remove_public_policy": own_policy},
)
