"""Turn the deletion protection of a database cluster on again, so that nobody deletes it with one call."""

from __future__ import annotations

from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, cluster: Resource) -> State:
    """Return `{"protected": bool}`."""
    [found] = aws.client("rds").describe_db_clusters(DBClusterIdentifier=cluster.id)["DBClusters"]
    return {"protected": found["DeletionProtection"]}


def desired(now: State, cluster: Resource) -> State:
    return {"protected": True}


def write(aws: Session, cluster: Resource, now: State, then: State) -> None:
    # Without ApplyImmediately: this setting changes at once anyway, and others that wait for the maintenance window go
    # on waiting (RDS API reference, ModifyDBCluster).
    aws.client("rds").modify_db_cluster(DBClusterIdentifier=cluster.id, DeletionProtection=then["protected"])


remediation = Remediation(
    id="rds.restore_cluster_deletion_protection",
    title="Protect a database cluster from deletion",
    resource_type="AWS::RDS::DBCluster",
    reads=("rds:DescribeDBClusters",),
    writes=("rds:ModifyDBCluster",),
    pin=("arn:{partition}:rds:{region}:{account}:cluster:{id}",),
    impact=(
        "Nobody can delete the cluster until the protection is taken off again, pipelines that remove it included; the"
        " database itself notices nothing. Its instances can still be deleted one by one, the data stays with the"
        " cluster. Whoever may change the cluster can take the protection off again, and its backups and snapshots are"
        " not protected by it."
    ),
    read=read,
    desired=desired,
    write=write,
)
