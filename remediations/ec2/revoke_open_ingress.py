"""Revoke the rules of a security group that let the whole internet in on ports of remote access, data and control."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.rules import change_ingress, flat

WORLD = ("0.0.0.0/0", "::/0")
HIGH_RISK = frozenset(
    {20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333}
    | {5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300}
)
"""Security Hub control EC2.19, "Security groups should not allow unrestricted access to ports with high risk"."""

ALSO = frozenset({1521, 2375, 2376, 2379, 2380, 5900, 5985, 5986, 6379, 9092, 10250, 11211, 27017, 27018})
"""Oracle, Docker, etcd, VNC, WinRM, Redis, Kafka, the kubelet, memcached, MongoDB: data or commands for whoever
connects. TCP only: 10250 and 11211 lie within the UDP ranges that media servers open on purpose."""

RISKY = {"tcp": HIGH_RISK | ALSO, "udp": HIGH_RISK}


def read(aws: Session, group: Resource) -> Json:
    """Return the records (see `rules.flat`) of the open and risky rules only; every other rule is not ours."""
    found = aws.client("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]
    return [rule for rule in flat(found["IpPermissions"]) if rule.get("cidr") in WORLD and is_risky(rule)]


def is_risky(rule: Json) -> bool:
    """Return whether the rule's ports cover a risky one. Protocol -1 is every protocol on every port."""
    if rule["protocol"] == "-1":
        return True
    return any(rule["from"] <= port <= rule["to"] for port in RISKY.get(rule["protocol"], ()))


def desired(now: Json, group: Resource) -> Json:
    return []


def write(aws: Session, group: Resource, now: Json, then: Json) -> None:
    change_ingress(aws.client("ec2"), group.id, now, then)


remediation = Remediation(
    id="ec2.revoke_open_ingress",
    title="Revoke world-open ingress on risky ports",
    resource_type="AWS::EC2::SecurityGroup",
    reads=("ec2:DescribeSecurityGroups",),
    writes=("ec2:RevokeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupIngress"),
    pin=("arn:{partition}:ec2:{region}:{account}:security-group/{id}",),
    impact=(
        "Nobody can open a new connection through these rules, to anything that uses the group. A rule goes whole: one"
        " for a range of ports, or for all, closes its harmless ones too (80 and 443 among them). Rules for named"
        " addresses, groups and prefix lists stay, and connections that are already open may continue."
    ),
    read=read,
    desired=desired,
    write=write,
)
