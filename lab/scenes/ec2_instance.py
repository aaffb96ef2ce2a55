"""A running instance that serves the internet, with a role, two interfaces and two volumes, beside a peer."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab import fleet, moto_fixes, moto_fixes_autoscaling
from lab.ids import next_id
from lab.network import LINUX, have_groups, have_subnet, tags, tcp
from lab.scene import Scene
from lab.scenes.iam_role import make_role

ROLE = "instance-web"
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
    moto_fixes_autoscaling.apply()
    ec2: Any = boto.client("ec2")
    if ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": [instance.id]}])["Reservations"]:
        return instance.id
    vpc, subnet = have_subnet(ec2)
    groups = have_groups(ec2, vpc, GROUPS)
    with next_id(instance.type, instance.id):
        started = [run(ec2, instance.id, subnet, groups["web"], DISKS)]
    second = ec2.create_network_interface(SubnetId=subnet, Groups=[groups[tier] for tier in TIERS])
    eni = second["NetworkInterface"]["NetworkInterfaceId"]
    ec2.attach_network_interface(InstanceId=instance.id, NetworkInterfaceId=eni, DeviceIndex=1)
    if not ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["peer"]}])["Reservations"]:
        started.append(run(ec2, "peer", subnet, groups["web"], DISKS[:1]))
    make_role(boto, instance, ROLE)
    for id_ in started:
        expose(ec2, id_)
        ec2.associate_iam_instance_profile(InstanceId=id_, IamInstanceProfile={"Name": ROLE})
    fleet.join(boto, vpc, subnet, started)
    return instance.id


def expose(ec2: Any, instance_id: str) -> None:
    """Give the primary interface an address of the internet."""
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    primary = primary_interface(ec2, instance_id)["NetworkInterfaceId"]
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=primary)


def primary_interface(ec2: Any, instance_id: str) -> Any:
    attached = [{"Name": "attachment.instance-id", "Values": [instance_id]}]
    found = ec2.describe_network_interfaces(Filters=attached)["NetworkInterfaces"]
    return next(interface for interface in found if interface["Attachment"]["DeviceIndex"] == 0)


def run(ec2: Any, name: str, subnet: str, group: str, disks: list[dict[str, Any]]) -> str:
    made = ec2.run_instances(
        ImageId=LINUX,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=[group],
        BlockDeviceMappings=disks,
        InstanceInitiatedShutdownBehavior="terminate",
        TagSpecifications=tags("instance", name),
    )
    return str(made["Instances"][0]["InstanceId"])


def reconnected(boto: boto3.Session, instance: Resource) -> None:
    """Someone gives the primary interface a group that it did not have before."""
    ec2: Any = boto.client("ec2")
    primary = primary_interface(ec2, instance.id)
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


def unprotected(boto: boto3.Session, instance: Resource) -> None:
    """Someone allows termination again, and keeps the volumes."""
    ec2: Any = boto.client("ec2")
    ec2.modify_instance_attribute(InstanceId=instance.id, DisableApiTermination={"Value": False})


def served_again(boto: boto3.Session, instance: Resource) -> None:
    """Someone has the instance serve one target group again."""
    ec2: Any = boto.client("ec2")
    vpc, _ = have_subnet(ec2)
    arn = fleet.have_target_group(boto, vpc, fleet.OPERATIONS, 9100)
    boto.client("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": instance.id}])


def exposed_again(boto: boto3.Session, instance: Resource) -> None:
    """Someone gives the instance another Elastic IP address."""
    expose(boto.client("ec2"), instance.id)


def given_other_profile(boto: boto3.Session, instance: Resource) -> None:
    """Someone gives the instance another role."""
    make_role(boto, instance, f"{ROLE}-2")
    ec2: Any = boto.client("ec2")
    ec2.associate_iam_instance_profile(InstanceId=instance.id, IamInstanceProfile={"Name": f"{ROLE}-2"})


def session_half_denied(boto: boto3.Session, instance: Resource) -> None:
    """Someone trims the denial of the instance's session down to one service."""
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    boto.client("iam").put_role_policy(
        RoleName=ROLE, PolicyName=f"countermeasure-deny-{instance.id}", PolicyDocument=json.dumps(narrow)
    )


def metadata_off(boto: boto3.Session, instance: Resource) -> None:
    """Someone switches the instance's metadata off."""
    ec2: Any = boto.client("ec2")
    ec2.modify_instance_metadata_options(InstanceId=instance.id, HttpEndpoint="disabled")


scene = Scene(
    resource_type="AWS::EC2::Instance",
    example="i-0123456789abcdef0",
    make=make,
    drift={
        "ec2.deny_instance_session": session_half_denied,
        "ec2.detach_elastic_ip": exposed_again,
        "ec2.isolate_instance": reconnected,
        "ec2.leave_autoscaling": served_again,
        "ec2.protect_from_termination": unprotected,
        "ec2.replace_instance_profile": given_other_profile,
        "ec2.require_imdsv2": metadata_off,
        "ec2.snapshot_volumes": snapshot_lost,
    },
)
