"""The VPC of an account's embedded network, and security groups in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAME = "lab"
LINUX = "ami-760aaa0f"
"""Amazon Linux. To run an instance moto needs no image of that id, only an id."""


def tags(resource_type: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource_type, "Tags": [{"Key": "Name", "Value": name}]}]


def have_subnet(ec2: Any) -> tuple[str, str]:
    """Return the ids of the lab's VPC and of the subnet in it, made unless they are there."""
    named = [{"Name": "tag:Name", "Values": [NAME]}]
    for subnet in ec2.describe_subnets(Filters=named)["Subnets"]:
        return subnet["VpcId"], subnet["SubnetId"]
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tags("vpc", NAME))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24", TagSpecifications=tags("subnet", NAME))
    return vpc, subnet["Subnet"]["SubnetId"]


def have_groups(ec2: Any, vpc: str, groups: Mapping[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return the ids of the VPC's groups of these names; those that are missing are made with these incoming rules."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": list(groups)}]
    found = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    ids = {group["GroupName"]: str(group["GroupId"]) for group in found}
    for name in groups.keys() - ids.keys():
        ids[name] = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        if groups[name]:
            ec2.authorize_security_group_ingress(GroupId=ids[name], IpPermissions=groups[name])
    return ids


def tcp(port: int, *cidrs: str, to: int = 0, description: str = "") -> dict[str, Any]:
    """Return one `IpPermission` for TCP from these IPv4 and IPv6 ranges."""
    told = {"Description": description} if description else {}
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": to or port,
        "IpRanges": [{"CidrIp": cidr, **told} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr, **told} for cidr in cidrs if ":" in cidr],
    }
