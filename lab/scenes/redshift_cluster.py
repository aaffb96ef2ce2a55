"""A data warehouse that the internet reaches, beside one that is private."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, cluster: Resource) -> str:
    """Return the cluster's identifier: always the event's own."""
    redshift: Any = boto.client("redshift")
    have = {each["ClusterIdentifier"] for each in redshift.describe_clusters()["Clusters"]}
    for name in {cluster.id, NEIGHBOUR} - have:
        redshift.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="An-example-1",
            PubliclyAccessible=name == cluster.id,
        )
    return cluster.id


# A cluster is public or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::Redshift::Cluster", example="warehouse", make=make)
