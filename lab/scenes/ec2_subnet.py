"""A subnet whose network ACL lets everybody in, beside one with an ACL of its own."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes
from lab.ids import next_id
from lab.network import have_subnet, tags
from lab.scene import Scene

NEIGHBOUR = "neighbour-acl"
ALLOW_ALL = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}


def make(boto: boto3.Session, subnet: Resource) -> str:
    moto_fixes.apply()
    ec2: Any = boto.client("ec2")
    if ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": [subnet.id]}])["Subnets"]:
        return subnet.id
    vpc, _ = have_subnet(ec2)
    with next_id(subnet.type, subnet.id):
        add_subnet(ec2, vpc)
    guard(ec2, vpc, subnet.id, subnet.id)
    if not ec2.describe_network_acls(Filters=[{"Name": "tag:Name", "Values": [NEIGHBOUR]}])["NetworkAcls"]:
        guard(ec2, vpc, add_subnet(ec2, vpc), NEIGHBOUR)
    return subnet.id


def add_subnet(ec2: Any, vpc: str) -> str:
    number = len(ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"])
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{100 + number}.0/24")
    return str(made["Subnet"]["SubnetId"])


def guard(ec2: Any, vpc: str, subnet: str, name: str) -> None:
    """Give the subnet a network ACL of its own, with one entry in each direction."""
    acl = ec2.create_network_acl(VpcId=vpc, TagSpecifications=tags("network-acl", name))["NetworkAcl"]["NetworkAclId"]
    for egress in (False, True):
        ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=egress, **ALLOW_ALL)
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    default = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"][0]
    now = next(each for each in default["Associations"] if each["SubnetId"] == subnet)
    ec2.replace_network_acl_association(AssociationId=now["NetworkAclAssociationId"], NetworkAclId=acl)


def outranked(boto: boto3.Session, subnet: Resource) -> None:
    """Someone lets everybody in before our entry is asked."""
    ec2: Any = boto.client("ec2")
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet.id]}]
    acl = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"][0]["NetworkAclId"]
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=1, Egress=False, **ALLOW_ALL)


scene = Scene(
    resource_type="AWS::EC2::Subnet",
    example="subnet-0123456789abcdef0",
    make=make,
    drift={"ec2.block_ip_in_network_acl": outranked},
    details={"ip": "198.51.100.7"},
)
