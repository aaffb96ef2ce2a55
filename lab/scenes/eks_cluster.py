"""A cluster whose API the whole internet reaches, and which an intruder's role administers, beside other principals."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.model import Resource
from lab.fakes import eks as fakes
from lab.scene import Scene

INTRUDER = "arn:aws:sts::111122223333:assumed-role/deploy/session"
ROLE = "arn:aws:iam::111122223333:role/ci/deploy"
OTHERS = ("arn:aws:iam::111122223333:role/deploy-staging", "arn:aws:iam::111122223333:user/deploy")
NODES = "arn:aws:iam::111122223333:role/nodes"
POLICY = "arn:aws:eks::aws:cluster-access-policy"
EVERYWHERE: Any = {"type": "cluster"}
WEB: Any = {"type": "namespace", "namespaces": ["web", "jobs"]}
OPEN: Any = {
    "endpointPublicAccess": True,
    "endpointPrivateAccess": False,
    "publicAccessCidrs": ["0.0.0.0/0"],
    "subnetIds": [],
    "securityGroupIds": [],
}
NEIGHBOUR = "neighbour"


def make(boto: boto3.Session, cluster: Resource) -> str:
    """Return the cluster's name: always the event's own."""
    fakes.apply()
    eks: Any = boto.client("eks")
    for name in (cluster.id, NEIGHBOUR):
        try:
            eks.describe_cluster(name=name)
        except ClientError:
            role = f"arn:{cluster.partition}:iam::{cluster.account}:role/eks"
            eks.create_cluster(name=name, roleArn=role, resourcesVpcConfig=OPEN)
            _let_in(eks, name)
    return cluster.id


def _let_in(eks: Any, cluster: str) -> None:
    """Let in the intruder's role, others of like names, and the nodes."""
    for arn in (ROLE, *OTHERS):
        eks.create_access_entry(
            clusterName=cluster, principalArn=arn, kubernetesGroups=["viewers", "deployers"], tags={"team": "web"}
        )
        which = {"clusterName": cluster, "principalArn": arn}
        eks.associate_access_policy(**which, policyArn=f"{POLICY}/AmazonEKSClusterAdminPolicy", accessScope=EVERYWHERE)
        eks.associate_access_policy(**which, policyArn=f"{POLICY}/AmazonEKSEditPolicy", accessScope=WEB)
    eks.create_access_entry(clusterName=cluster, principalArn=NODES, type="EC2_LINUX")


def opened_a_little(boto: boto3.Session, cluster: Resource) -> None:
    """Someone opens the API to an office."""
    office = {"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]}
    boto.client("eks").update_cluster_config(name=cluster.id, resourcesVpcConfig=office)


def let_in_again(boto: boto3.Session, cluster: Resource) -> None:
    """Someone lets the role in again, for nothing yet."""
    boto.client("eks").create_access_entry(clusterName=cluster.id, principalArn=ROLE)


scene = Scene(
    resource_type="AWS::EKS::Cluster",
    example="production",
    details={"principal": INTRUDER},
    make=make,
    drift={"eks.restrict_public_endpoint": opened_a_little, "eks.remove_access_entry": let_in_again},
)
