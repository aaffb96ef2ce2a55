"""A database cluster that anyone may delete, beside one that is protected."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour-cluster"


def make(boto: boto3.Session, cluster: Resource) -> str:
    """Return the cluster's identifier as RDS keeps it: in small letters."""
    name = have_cluster(boto, cluster.id, protected=False)
    have_cluster(boto, NEIGHBOUR, protected=True)
    return name


def have_cluster(boto: boto3.Session, name: str, *, protected: bool) -> str:
    """Make the cluster unless it is there."""
    rds: Any = boto.client("rds")
    try:
        made = rds.create_db_cluster(
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            MasterUsername="postgres",
            ManageMasterUserPassword=True,
            DeletionProtection=protected,
        )
    except rds.exceptions.DBClusterAlreadyExistsFault:
        return name.lower()
    return str(made["DBCluster"]["DBClusterIdentifier"])


# It is protected or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::RDS::DBCluster", example="orders", make=make)
