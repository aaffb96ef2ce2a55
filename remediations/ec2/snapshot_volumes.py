"""Snapshot all EBS volumes of an instance at one moment, as evidence of this incident."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described

TAG = "countermeasure:incident"


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"vol-...": "snapshotted" | "none"}` for each attached volume, by this incident's snapshots."""
    found = described(aws, instance)
    volumes = [mapping["Ebs"]["VolumeId"] for mapping in found["BlockDeviceMappings"] if "Ebs" in mapping]
    if not volumes:
        raise Unsupported(f"{instance.id} has no EBS volume; instance store volumes cannot be snapshotted")
    taken = {snapshot["VolumeId"] for snapshot in evidence(aws, volumes)}
    return {volume: "snapshotted" if volume in taken else "none" for volume in sorted(volumes)}


def desired(now: Json, instance: Resource) -> Json:
    return dict.fromkeys(now, "snapshotted")


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    missing = [volume for volume, state in then.items() if state == "snapshotted" != now.get(volume)]
    unwanted = [volume for volume, state in now.items() if state == "snapshotted" and then.get(volume) == "none"]
    if missing:
        # One set of all volumes is crash-consistent; a volume by itself is not, so a set is never topped up.
        ec2.create_snapshots(
            InstanceSpecification={"InstanceId": instance.id},
            Description=f"Evidence of {instance.id}, incident {aws.incident}"[:255],
            TagSpecifications=[
                {"ResourceType": "snapshot", "Tags": [{"Key": TAG, "Value": aws.incident}]},
            ],
        )
    for snapshot in evidence(aws, unwanted) if unwanted else ():
        try:
            ec2.delete_snapshot(SnapshotId=snapshot["SnapshotId"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidSnapshot.NotFound":
                raise


def evidence(aws: Session, volumes: list[str]) -> list[Json]:
    """Return this incident's own snapshots of the volumes, complete or still being copied."""
    pages = (
        aws.client("ec2")
        .get_paginator("describe_snapshots")
        .paginate(
            OwnerIds=["self"],
            Filters=[
                {"Name": "volume-id", "Values": volumes},
                {"Name": f"tag:{TAG}", "Values": [aws.incident]},
            ],
        )
    )
    return [s for page in pages for s in page["Snapshots"] if s["State"] != "error"]


remediation = Remediation(
    id="ec2.snapshot_volumes",
    title="Snapshot the volumes of an EC2 instance",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeInstances", "ec2:DescribeSnapshots"),
    writes=("ec2:CreateSnapshots", "ec2:CreateTags", "ec2:DeleteSnapshot"),
    pin=(
        "arn:{partition}:ec2:{region}:{account}:instance/{id}",
        "arn:{partition}:ec2:{region}:{account}:volume/*",
        "arn:{partition}:ec2:{region}::snapshot/*",
    ),
    impact=(
        "The instance keeps running; the snapshots cost storage until they are deleted. They hold all EBS volumes as of"
        " one moment, but neither memory nor instance store volumes, and they are copied in the background: do not"
        " terminate the instance before they are complete."
    ),
    confirm_undo="Undo deletes the snapshots, and with them the evidence of this incident.",
    read=read,
    desired=desired,
    write=write,
)
