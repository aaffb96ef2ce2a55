"""Move every network interface of an instance into a security group without rules, so that nothing passes."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import ClientError

from chalicelib.errors import Gone
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.isolation_groups import QUARANTINE, UNTRACK, prepared


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"vpc-...": {"eni-...": ["sg-...", ...]}}`; `["quarantine"]` for an interface that nothing can pass,
    `["untracked"]` for one that was left halfway there.
    """
    ec2 = aws.client("ec2")
    found = {each["NetworkInterfaceId"]: each for each in interfaces(ec2, instance)}
    groups = {eni: {group["GroupId"]: group["GroupName"] for group in each["Groups"]} for eni, each in found.items()}
    shut = quarantined(ec2, instance, groups)
    state: dict[str, dict[str, list[str]]] = {each["VpcId"]: {} for each in found.values()}
    for eni, own in groups.items():
        halfway = ["untracked"] if set(own.values()) == {UNTRACK} else sorted(own)
        state[found[eni]["VpcId"]][eni] = ["quarantine"] if eni in shut else halfway
    return state


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
    return {vpc: {eni: ["quarantine"] for eni in own} for vpc, own in now.items()}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    ec2, pending = aws.client("ec2"), {}
    for vpc, own in then.items():
        for eni, groups in own.items():
            was = now.get(vpc, {}).get(eni)
            if was in (None, groups):
                continue
            # Nobody is ever put back halfway, where an instance is open to everyone.
            if groups in (["quarantine"], ["untracked"]):
                pending[eni] = vpc
            else:
                ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Groups=groups)
    if pending:
        isolate(ec2, pending)


def isolate(ec2: Json, vpcs: Mapping[str, str]) -> None:
    """Move each interface, given with its VPC, through the group that untracks its flows into the one that ends them.

    One that refuses, as those of other AWS services may, holds back no other; what it said is raised at the end.
    """
    ready = prepared(ec2, set(vpcs.values()))
    refused: list[ClientError] = []
    for eni, vpc in sorted(vpcs.items()):
        try:
            for name in (UNTRACK, QUARANTINE):
                ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Groups=[ready[vpc, name]])
        except ClientError as error:
            refused.append(error)
    if refused:
        raise refused[0]


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
