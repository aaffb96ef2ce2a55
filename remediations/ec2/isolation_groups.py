"""The two security groups that an instance is isolated with: found in its VPC by name, made or repaired on demand."""

from __future__ import annotations

from collections.abc import Iterable

from botocore.exceptions import ClientError

from chalicelib.errors import Busy
from chalicelib.model import Json
from remediations.ec2.rules import change_egress, change_ingress, flat

QUARANTINE = "countermeasure-quarantine"
UNTRACK = "countermeasure-untrack"
"""Names that are ours. A name is unique in its VPC, so it finds the group; to ask for a tag as well would let whoever
makes a group of that name first keep us from isolating anything there."""

MADE_FOR = {
    QUARANTINE: "Allows nothing. Instances that were isolated are in it.",
    UNTRACK: "Allows everything. An instance passes through it for a moment while it is isolated. Do not use.",
}

EVERYTHING: list[Json] = [{"protocol": "-1", "cidr": cidr} for cidr in ("0.0.0.0/0", "::/0")]
"""Flows under such rules in both directions are not tracked, so they end when the rules do (EC2 User Guide, "Amazon EC2
security group connection tracking")."""


def prepared(ec2: Json, vpcs: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the ids of both groups in each VPC by VPC and name; what is missing is made, what differs is repaired."""
    wanted = [(vpc, name) for vpc in sorted(vpcs) for name in (UNTRACK, QUARANTINE)]
    found = look(ec2, vpcs)
    missing = [key for key in wanted if key not in found]
    made = [group_id for key in missing if (group_id := make(ec2, *key))]
    if made:
        found |= shown(ec2, made)
    if len(made) < len(missing):
        found = look(ec2, vpcs)
    for vpc, name in wanted:
        if (vpc, name) not in found:
            raise Busy(f"{name} was made in {vpc} a moment ago and EC2 does not show it yet: try again")
        repair(ec2, found[vpc, name], [] if name == QUARANTINE else EVERYTHING)
    return {key: found[key]["GroupId"] for key in wanted}


def look(ec2: Json, vpcs: Iterable[str]) -> dict[tuple[str, str], Json]:
    filters = [
        {"Name": "vpc-id", "Values": sorted(vpcs)},
        {"Name": "group-name", "Values": [UNTRACK, QUARANTINE]},
    ]
    return _named(ec2.describe_security_groups(Filters=filters))


def shown(ec2: Json, ids: list[str]) -> dict[tuple[str, str], Json]:
    """Return the groups that were made a moment ago, which EC2 may take some seconds to show."""
    try:
        return _named(ec2.describe_security_groups(GroupIds=ids))
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidGroup.NotFound":
            raise
    ec2.get_waiter("security_group_exists").wait(GroupIds=ids, WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    return _named(ec2.describe_security_groups(GroupIds=ids))


def _named(answer: Json) -> dict[tuple[str, str], Json]:
    return {(group["VpcId"], group["GroupName"]): group for group in answer["SecurityGroups"]}


def make(ec2: Json, vpc: str, name: str) -> str:
    """Return the new group's id, or nothing when somebody made it at the same time."""
    try:
        made = ec2.create_security_group(GroupName=name, Description=MADE_FOR[name], VpcId=vpc)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidGroup.Duplicate":
            raise
        return ""
    return str(made["GroupId"])


def repair(ec2: Json, group: Json, rules: list[Json]) -> None:
    """Give the group these rules in both directions: a new one allows all egress, and anyone may have changed one."""
    change_ingress(ec2, group["GroupId"], flat(group["IpPermissions"]), rules)
    change_egress(ec2, group["GroupId"], flat(group["IpPermissionsEgress"]), rules)
