"""A log group whose events somebody had expire after three days, beside one that keeps them for ninety."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR_DAYS = 90


def make(boto: boto3.Session, group: Resource) -> str:
    """The neighbour's name begins with the group's: CloudWatch Logs finds groups by how their names begin."""
    logs: Any = boto.client("logs")
    have = {each["logGroupName"] for each in logs.describe_log_groups(logGroupNamePrefix=group.id)["logGroups"]}
    for name, days in ((group.id, 3), (neighbour(group), NEIGHBOUR_DAYS)):
        if name not in have:
            logs.create_log_group(logGroupName=name)
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return group.id


def neighbour(group: Resource) -> str:
    return f"{group.id}-neighbour"


def shortened(boto: boto3.Session, group: Resource) -> None:
    """Someone has the events expire after a day."""
    boto.client("logs").put_retention_policy(logGroupName=group.id, retentionInDays=1)


scene = Scene(
    resource_type="AWS::Logs::LogGroup",
    example="aws-cloudtrail-logs",
    make=make,
    drift={"logs.restore_retention": shortened},
)
