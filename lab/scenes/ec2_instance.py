"""A running instance with two interfaces, six groups and two volumes, beside a peer that shares a group with it."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes
from lab.ids import next_id
from lab.network import LINUX, have_groups, have_subnet, tags, tcp
from lab.scene import Scene

DISKS = [
    {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}},
    {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 100, "DeleteOnTermination": False}},
]

TIERS = ("tier-1", "tier-2", "tier-3", "tier-4", "tier-5")
GROUPS: dict[str, list[dict[str, Any]]] = {
    "web": [tcp(443, "0.0.0.0/0")],
    **{tier: [] for tier in TIERS},
    # Someone went in to look at an isolated instance, and left the way in open.
    "countermeasure-quarantine": [tcp(22, "203.0.113.7/32", description="forensics")],
}


def make(boto: boto3.Session, instance: Resource) -> str:
    moto_fixes.apply()
    ec2: Any = boto.client("ec2")
    if ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": [instance.id]}])["Reservations"]:
        return instance.id
    vpc, subnet = have_subnet(ec2)
    groups = have_groups(ec2, vpc, GROUPS)
    with next_id(instance.type, instance.id):
        run(ec2, instance.id, subnet, groups["web"], DISKS)
    second = ec2.create_network_interface(SubnetId=subnet, Groups=[groups[tier] for tier in TIERS])
    eni = second["NetworkInterface"]["NetworkInterfaceId"]
    ec2.attach_network_interface(InstanceId=instance.id, NetworkInterfaceId=eni, DeviceIndex=1)
    if not ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["peer"]}])["Reservations"]:
        run(ec2, "peer", subnet, groups["web"], DISKS[:1])
    return instance.id


def run(ec2: Any, name: str, subnet: str, group: str, disks: list[dict[str, Any]]) -> None:
    ec2.run_instances(
        ImageId=LINUX,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=[group],
        BlockDeviceMappings=disks,
        TagSpecifications=tags("instance", name),
    )


def reconnected(boto: boto3.Session, instance: Resource) -> None:
    """Someone gives the primary interface a group that it did not have before."""
    ec2: Any = boto.client("ec2")
    attached = [{"Name": "attachment.instance-id", "Values": [instance.id]}]
    primary = next(
        interface
        for interface in ec2.describe_network_interfaces(Filters=attached)["NetworkInterfaces"]
        if interface["Attachment"]["DeviceIndex"] == 0
    )
    groups = have_groups(ec2, primary["VpcId"], {"way-back-in": [tcp(22, "203.0.113.0/24")]})
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=primary["NetworkInterfaceId"], Groups=list(groups.values())
    )


def snapshot_lost(boto: boto3.Session, instance: Resource) -> None:
    """Someone deletes the snapshot of one volume."""
    ec2: Any = boto.client("ec2")
    found = ec2.describe_instances(InstanceIds=[instance.id])["Reservations"][0]["Instances"][0]
    of_first = [{"Name": "volume-id", "Values": [found["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]]}]
    for snapshot in ec2.describe_snapshots(OwnerIds=["self"], Filters=of_first)["Snapshots"]:
        ec2.delete_snapshot(SnapshotId=snapshot["SnapshotId"])


scene = Scene(
    resource_type="AWS::EC2::Instance",
    example="i-0123456789abcdef0",
    make=make,
    drift={"ec2.isolate_instance": reconnected, "ec2.snapshot_volumes": snapshot_lost},
)
