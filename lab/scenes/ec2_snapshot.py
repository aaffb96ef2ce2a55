"""A snapshot that is shared with everybody and with a partner, beside one that is shared with the partner alone."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes
from lab.ids import next_id
from lab.network import tags
from lab.scene import Scene

PARTNER = "111122223333"
NEIGHBOUR = "shared-with-partner"


def make(boto: boto3.Session, snapshot: Resource) -> str:
    moto_fixes.apply()
    ec2: Any = boto.client("ec2")
    if ec2.describe_snapshots(Filters=[{"Name": "snapshot-id", "Values": [snapshot.id]}])["Snapshots"]:
        return snapshot.id
    volume = ec2.create_volume(AvailabilityZone=f"{snapshot.region}a", Size=8)["VolumeId"]
    with next_id(snapshot.type, snapshot.id):
        ec2.create_snapshot(VolumeId=volume)
    share(ec2, snapshot.id, GroupNames=["all"])
    share(ec2, snapshot.id, UserIds=[PARTNER])
    if not ec2.describe_snapshots(Filters=[{"Name": "tag:Name", "Values": [NEIGHBOUR]}])["Snapshots"]:
        made = ec2.create_snapshot(VolumeId=volume, TagSpecifications=tags("snapshot", NEIGHBOUR))
        share(ec2, made["SnapshotId"], UserIds=[PARTNER])
    return snapshot.id


def share(ec2: Any, snapshot_id: str, **who: list[str]) -> None:
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot_id, Attribute="createVolumePermission", OperationType="add", **who
    )


# Everybody has it or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::EC2::Snapshot", example="snap-0123456789abcdef0", make=make)
