"""Move every network interface of an instance into a security group without rules, so that nothing passes."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import Gone
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.isolation_groups import QUARANTINE, UNTRACK, prepared


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"eni-...": ["sg-...", ...]}`; `["quarantine"]` for an interface that nothing can pass, `["untracked"]`
    for one that was left halfway there.
    """
    ec2 = aws.client("ec2")
    groups = {
        interface["NetworkInterfaceId"]: {group["GroupId"]: group["GroupName"] for group in interface["Groups"]}
        for interface in interfaces(ec2, instance)
    }
    state = {eni: ["untracked"] if set(own.values()) == {UNTRACK} else sorted(own) for eni, own in groups.items()}
    return state | {eni: ["quarantine"] for eni in quarantined(ec2, instance, groups)}


def interfaces(ec2: Json, instance: Resource, *filters: Json) -> list[Json]:
    """Return the instance's interfaces, those of other services too: leaving one out would leave a way out.

    A terminated instance has none, and any other has its primary one: raises Gone.
    """
    attached = {"Name": "attachment.instance-id", "Values": [instance.id]}
    found = ec2.describe_network_interfaces(Filters=[attached, *filters])["NetworkInterfaces"]
    if not found and not filters:
        raise Gone(f"{instance.key} has no network interface any more: it is terminated")
    return list(found)


def quarantined(ec2: Json, instance: Resource, groups: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the interfaces in the quarantine group and no other, unless somebody gave that group a rule.

    What an interface lists may repeat the groups of its instance; the `group-id` filter knows the interface's own.
    """
    members = {eni: own for eni, own in groups.items() if QUARANTINE in own.values()}
    if not members:
        return set()
    ids = {group for own in members.values() for group in own}
    ours = {group for own in members.values() for group, name in own.items() if name == QUARANTINE}
    named = ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": sorted(ours)}])
    empty = {g["GroupId"] for g in named["SecurityGroups"] if not g["IpPermissions"] + g["IpPermissionsEgress"]}
    passable = ids - empty
    also = interfaces(ec2, instance, {"Name": "group-id", "Values": sorted(passable)}) if passable else []
    return set(members) - {interface["NetworkInterfaceId"] for interface in also}


def desired(now: Json, instance: Resource) -> Json:
    return {eni: ["quarantine"] for eni in now}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    # Nobody is ever put back halfway, where an instance is open to everyone.
    goals = {eni: ["quarantine"] if groups == ["untracked"] else groups for eni, groups in then.items()}
    changed = {eni: groups for eni, groups in goals.items() if eni in now and groups != now[eni]}
    for eni, groups in changed.items():
        if groups != ["quarantine"]:
            ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Groups=groups)
    pending = {eni for eni, groups in changed.items() if groups == ["quarantine"]}
    if pending:
        isolate(ec2, [i for i in interfaces(ec2, instance) if i["NetworkInterfaceId"] in pending])


def isolate(ec2: Json, found: list[Json]) -> None:
    """Move each interface through the group that untracks its flows into the one that ends them."""
    ready = prepared(ec2, {interface["VpcId"] for interface in found})
    # Last come those that belong to another AWS service, which may refuse the change.
    for interface in sorted(found, key=lambda i: (i.get("RequesterManaged", False), i["NetworkInterfaceId"])):
        for name in (UNTRACK, QUARANTINE):
            ec2.modify_network_interface_attribute(
                NetworkInterfaceId=interface["NetworkInterfaceId"], Groups=[ready[interface["VpcId"], name]]
            )


remediation = Remediation(
    id="ec2.isolate_instance",
    title="Isolate an EC2 instance",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"),
    writes=(
        "ec2:CreateSecurityGroup",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:ModifyNetworkInterfaceAttribute",
    ),
    impact=(
        "Nothing can open a new connection to or from the instance, Systems Manager and health checks included; a load"
        " balancer or an Auto Scaling group may replace it. For a moment each interface is open to everyone, so that"
        " flows which EC2 tracks become untracked and end. Those through a NAT gateway, a Network Load Balancer, a VPC"
        " endpoint or another middlebox are always tracked and may continue. The VPC's DNS resolver, instance metadata"
        " and time sync stay reachable. Pods with security groups of their own, and what the instance's role may do,"
        " are not touched. Two groups stay in the VPC; whatever rule somebody put into the quarantine group is removed."
    ),
    read=read,
    desired=desired,
    write=write,
)
