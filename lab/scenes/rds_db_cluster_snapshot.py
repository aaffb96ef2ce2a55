"""A cluster snapshot that is shared with everybody and a partner, beside one that is shared with the partner alone."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene
from lab.scenes.rds_db_cluster import NEIGHBOUR as CLUSTER
from lab.scenes.rds_db_cluster import have_cluster

PARTNER = "111122223333"
NEIGHBOUR = "shared-with-partner"


def make(boto: boto3.Session, snapshot: Resource) -> str:
    """Return the snapshot's identifier as RDS keeps it: in small letters."""
    have_cluster(boto, CLUSTER, protected=True)
    name = have_snapshot(boto, snapshot.id, [PARTNER, "all"])
    have_snapshot(boto, NEIGHBOUR, [PARTNER])
    return name


def have_snapshot(boto: boto3.Session, name: str, shared_with: list[str]) -> str:
    """Make the snapshot and share it, unless it is there."""
    rds: Any = boto.client("rds")
    try:
        rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=name, DBClusterIdentifier=CLUSTER)
    except rds.exceptions.DBClusterSnapshotAlreadyExistsFault:
        return name.lower()
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=shared_with
    )
    return name.lower()


# Everybody has it or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::RDS::DBClusterSnapshot", example="orders-before-migration", make=make)
