"""AWS Config calls a database by an id that RDS's other calls do not take: RDS is asked for its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts import Accounts
from chalicelib.errors import AccessRefused
from chalicelib.findings.resources import unique
from chalicelib.model import Finding, Resource

_INTERNAL = re.compile(r"(db|cluster)-[A-Z0-9]{16,}", re.ASCII)
"""`db-ABC...` (DbiResourceId), `cluster-ABC...` (DbClusterResourceId). A name has no capital letters."""

_ASKED: Mapping[str, tuple[str, str, str, str, str]] = {
    "AWS::RDS::DBInstance": (
        "rds:DescribeDBInstances",
        "describe_db_instances",
        "dbi-resource-id",
        "DBInstances",
        "DBInstanceIdentifier",
    ),
    "AWS::RDS::DBCluster": (
        "rds:DescribeDBClusters",
        "describe_db_clusters",
        "db-cluster-resource-id",
        "DBClusters",
        "DBClusterIdentifier",
    ),
}
"""What is asked for the name: the IAM action, the call, its filter, and where the name is in the answer."""


def by_name(finding: Finding, accounts: Accounts) -> Finding:
    """Return the finding with such resources under the names that RDS's calls take.

    One that RDS does not know, or that we may not ask for, is left out: people are told of the finding all the same.
    """
    if not any(_is_internal(resource) for resource in finding.resources):
        return finding
    named = (_named(each, accounts) if _is_internal(each) else each for each in finding.resources)
    return replace(finding, resources=unique(named))


def _is_internal(resource: Resource) -> bool:
    return resource.type in _ASKED and _INTERNAL.fullmatch(resource.id) is not None


def _named(resource: Resource, accounts: Accounts) -> Resource | None:
    action, call, name, several, identifier = _ASKED[resource.type]
    wanted = [{"Name": name, "Values": [resource.id]}]
    try:
        with accounts.reading(resource.account, resource.region, "", (), (action,)) as aws:
            found = getattr(aws.client("rds"), call)(Filters=wanted)[several]
    except (AccessRefused, BotoCoreError, ClientError):
        return None
    return replace(resource, id=str(found[0][identifier])) if found else None
