"""Deny one outside address in a subnet's network ACL for a day, in both directions, for open connections too."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.network_acl import DIRECTIONS, deny, let_pass, of_subnet, standing

NEVER = tuple(
    ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "224.0.0.0/3", "::/8", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
)
"""Private, shared, local and multicast ranges (IANA special-purpose address registries): nobody attacks from there
over the internet, and VPCs, peers, resolvers and metadata live there."""


def read(aws: Session, subnet: Resource) -> Json:
    """Return `{"acl": "acl-...", "ingress": "denied" | "passed" | "late", "egress": ...}` for `details["ip"]`."""
    cidr = blockable(subnet.details.get("ip", ""))
    acl = of_subnet(aws, subnet)
    refuse_own(aws, acl["VpcId"], cidr)
    places = {direction: standing(acl, cidr, egress) for direction, egress in DIRECTIONS.items()}
    return {"acl": acl["NetworkAclId"], **places}


def blockable(text: str) -> str:
    """Return the address as a range of one (`203.0.113.9/32`). Raises Unsupported when it must not be blocked."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        raise Unsupported(f"{text[:50]!r} is no single address: the finding must name one to block") from None
    address = getattr(address, "ipv4_mapped", None) or address
    if any(address in network for network in NEVER) or getattr(address, "scope_id", None):
        raise Unsupported(f"{address} is no address of the internet: blocking it could only cut our own networks")
    return f"{address}/{address.max_prefixlen}"


def refuse_own(aws: Session, vpc: str, cidr: str) -> None:
    """Raise Unsupported when the address is the VPC's or the account's own: anybody can provoke a finding."""
    ec2 = aws.client("ec2")
    address = ip_address(cidr.partition("/")[0])
    found = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]
    ranges = [each["CidrBlock"] for each in found["CidrBlockAssociationSet"]]
    ranges += [each["Ipv6CidrBlock"] for each in found.get("Ipv6CidrBlockAssociationSet", ())]
    if any(address in ip_network(each) for each in ranges):
        raise Unsupported(f"{address} is within {vpc} itself")
    named = [{"Name": "public-ip", "Values": [str(address)]}]
    if address.version == 4 and ec2.describe_addresses(Filters=named)["Addresses"]:
        raise Unsupported(f"{address} is an Elastic IP address of this account")


def desired(now: Json, subnet: Resource) -> Json:
    return {"acl": now["acl"], **dict.fromkeys(DIRECTIONS, "denied")}


def write(aws: Session, subnet: Resource, now: Json, then: Json) -> None:
    ec2, cidr = aws.client("ec2"), blockable(subnet.details.get("ip", ""))
    acl = of_subnet(aws, subnet)  # another subnet of the same ACL may have been served a moment ago
    if acl["NetworkAclId"] != then["acl"]:
        raise Unsupported(f"{subnet.id} has got another network ACL than {then['acl']}: change that one by hand")
    for direction, egress in DIRECTIONS.items():
        place = standing(acl, cidr, egress)
        if then[direction] == "denied" != place:
            deny(ec2, acl, cidr, egress)
        elif then[direction] != "denied" == place:
            let_pass(ec2, acl, cidr, egress)


remediation = Remediation(
    id="ec2.block_ip_in_network_acl",
    title="Block an address in a subnet's network ACL",
    resource_type="AWS::EC2::Subnet",
    reads=("ec2:DescribeNetworkAcls", "ec2:DescribeVpcs", "ec2:DescribeAddresses"),
    writes=("ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry"),
    pin=("arn:{partition}:ec2:{region}:{account}:network-acl/*",),
    impact=(
        "For 24 hours no packet passes between that one address and any host in any subnet of this network ACL, open"
        " connections included. Who comes through a load balancer, a NAT gateway, CloudFront or a proxy shows that"
        " one's address and is not stopped; whoever changes the address neither, and others behind the same address are"
        " blocked too. An ACL takes 20 entries in each direction unless AWS was asked for more."
    ),
    read=read,
    desired=desired,
    write=write,
    expires_hours=24,  # addresses change hands, entries are few, and whoever still attacks is reported again
)
