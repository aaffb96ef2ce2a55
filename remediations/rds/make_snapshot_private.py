"""Stop sharing a database snapshot with everybody."""

from __future__ import annotations

from chalicelib.model import Remediation, Resource, Session, State
from remediations.rds.sharing import change, desired, sharing


def read(aws: Session, snapshot: Resource) -> State:
    """Return `{"public": bool}`: whether everybody may copy and restore it."""
    answer = aws.client("rds").describe_db_snapshot_attributes(DBSnapshotIdentifier=snapshot.id)
    attributes = answer["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    return sharing(attributes)


def write(aws: Session, snapshot: Resource, now: State, then: State) -> None:
    aws.client("rds").modify_db_snapshot_attribute(DBSnapshotIdentifier=snapshot.id, **change(then))


remediation = Remediation(
    id="rds.make_snapshot_private",
    title="Make a public database snapshot private",
    resource_type="AWS::RDS::DBSnapshot",
    reads=("rds:DescribeDBSnapshotAttributes",),
    writes=("rds:ModifyDBSnapshotAttribute",),
    pin=("arn:{partition}:rds:{region}:{account}:snapshot:{id}",),
    impact=(
        "Accounts that were not named lose the snapshot at once; whoever copied or restored it keeps that, and with it"
        " all data and password hashes in it. Accounts that it is shared with by their id keep it: look whether each"
        " is yours."
    ),
    confirm_undo="Undo shares the whole database with everybody again.",
    read=read,
    desired=desired,
    write=write,
)
