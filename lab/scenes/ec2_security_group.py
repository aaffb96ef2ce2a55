"""A VPC's default group that lets the world in on risky and harmless ports, beside a neighbour that it refers to."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes
from lab.ids import next_id
from lab.network import have_groups, tags, tcp
from lab.scene import Scene

OPEN: list[dict[str, Any]] = [
    tcp(22, "0.0.0.0/0", "::/0", description="until the VPN works"),
    tcp(3389, "0.0.0.0/0", "203.0.113.0/24"),
    tcp(8000, "0.0.0.0/0", to=9000),
    {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
]
HARMLESS: list[dict[str, Any]] = [
    tcp(443, "0.0.0.0/0", "::/0", description="web"),
    tcp(5432, "10.20.0.0/16", "2001:db8::/32", description="database"),
    {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
]


def make(boto: boto3.Session, group: Resource) -> str:
    moto_fixes.apply()
    ec2: Any = boto.client("ec2")
    if ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": [group.id]}])["SecurityGroups"]:
        return group.id
    with next_id(group.type, group.id):
        vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    neighbour = have_groups(ec2, vpc, {"neighbour": [tcp(22, "0.0.0.0/0")]})["neighbour"]
    cache = {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379}
    ec2.authorize_security_group_ingress(
        GroupId=group.id,
        IpPermissions=[
            *OPEN,
            *HARMLESS,
            {**cache, "UserIdGroupPairs": [{"GroupId": neighbour, "Description": "cache"}]},
            {**cache, "PrefixListIds": [{"PrefixListId": have_prefix_list(ec2)}]},
        ],
    )
    return group.id


def have_prefix_list(ec2: Any) -> str:
    """Return the id of the account's list of office networks."""
    name = "offices"
    for found in ec2.describe_managed_prefix_lists(Filters=[{"Name": "tag:Name", "Values": [name]}])["PrefixLists"]:
        return str(found["PrefixListId"])
    made = ec2.create_managed_prefix_list(
        PrefixListName=name,
        AddressFamily="IPv4",
        MaxEntries=5,
        Entries=[{"Cidr": "198.51.100.0/24"}],
        TagSpecifications=tags("prefix-list", name),
    )
    return str(made["PrefixList"]["PrefixListId"])


def opened_again(boto: boto3.Session, group: Resource) -> None:
    """Someone opens another risky port."""
    ec2: Any = boto.client("ec2")
    ec2.authorize_security_group_ingress(GroupId=group.id, IpPermissions=[tcp(23, "::/0")])


scene = Scene(
    resource_type="AWS::EC2::SecurityGroup",
    example="sg-0123456789abcdef0",
    make=make,
    drift={
        "ec2.quarantine_security_group": opened_again,
        "ec2.revoke_default_security_group_rules": opened_again,
        "ec2.revoke_open_ingress": opened_again,
    },
)
