"""Stop sharing an EBS snapshot with everybody."""

from __future__ import annotations

from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, snapshot: Resource) -> State:
    """Return `{"public": bool}`: whether everybody may make a volume of it."""
    answer = aws.client("ec2").describe_snapshot_attribute(SnapshotId=snapshot.id, Attribute="createVolumePermission")
    return {"public": any(each.get("Group") == "all" for each in answer["CreateVolumePermissions"])}


def desired(now: State, snapshot: Resource) -> State:
    return {"public": False}


def write(aws: Session, snapshot: Resource, now: State, then: State) -> None:
    aws.client("ec2").modify_snapshot_attribute(
        SnapshotId=snapshot.id,
        Attribute="createVolumePermission",
        OperationType="add" if then["public"] else "remove",
        GroupNames=["all"],
    )


remediation = Remediation(
    id="ec2.make_snapshot_private",
    title="Make a public EBS snapshot private",
    resource_type="AWS::EC2::Snapshot",
    reads=("ec2:DescribeSnapshotAttribute",),
    writes=("ec2:ModifySnapshotAttribute",),
    pin=("arn:{partition}:ec2:{region}::snapshot/{id}",),
    impact=(
        "Accounts that were not named lose the snapshot at once; whoever copied it or made a volume of it keeps that,"
        " and with it all data and secrets on the disk. Accounts that it is shared with by their id keep it: look"
        " whether each is yours."
    ),
    confirm_undo="Undo shares the whole disk with everybody again.",
    read=read,
    desired=desired,
    write=write,
)
