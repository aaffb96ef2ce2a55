"""Turn the deletion protection of a database instance on again, so that nobody deletes it with one call."""

from __future__ import annotations

from chalicelib.errors import Unsupported
from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, instance: Resource) -> State:
    """Return `{"protected": bool}`. Raises Unsupported for a member of a cluster, which has none of its own."""
    [found] = aws.client("rds").describe_db_instances(DBInstanceIdentifier=instance.id)["DBInstances"]
    if cluster := found.get("DBClusterIdentifier"):
        raise Unsupported(
            f"{instance.id} is a member of the cluster {cluster}, and only the cluster can be protected from deletion:"
            " rds.restore_cluster_deletion_protection does that"
        )
    return {"protected": found["DeletionProtection"]}


def desired(now: State, instance: Resource) -> State:
    return {"protected": True}


def write(aws: Session, instance: Resource, now: State, then: State) -> None:
    # Without ApplyImmediately: this setting changes at once anyway, and others that wait for the maintenance window,
    # which may restart the database, go on waiting (RDS User Guide, "Settings for DB instances").
    aws.client("rds").modify_db_instance(DBInstanceIdentifier=instance.id, DeletionProtection=then["protected"])


remediation = Remediation(
    id="rds.restore_deletion_protection",
    title="Protect a database instance from deletion",
    resource_type="AWS::RDS::DBInstance",
    reads=("rds:DescribeDBInstances",),
    writes=("rds:ModifyDBInstance",),
    pin=("arn:{partition}:rds:{region}:{account}:db:{id}",),
    impact=(
        "Nobody can delete the instance until the protection is taken off again, pipelines that remove it included;"
        " the database itself notices nothing. Whoever may change the instance can take the protection off again, and"
        " its tables, backups and snapshots are not protected by it."
    ),
    read=read,
    desired=desired,
    write=write,
)
