"""Close a cluster's Kubernetes API to the internet, and open it to the cluster's own VPC."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Busy, Gone, Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public import network

ALREADY = "already at the desired configuration"
"""How EKS refuses an update that changes nothing (an InvalidParameterException like any other bad input)."""


def read(aws: Session, cluster: Resource) -> Json:
    """Return `{"public": bool, "private": bool, "cidrs": [...]}`: which ways in there are, and for whom the public one.

    What EKS remembers of ranges while the public way is closed is no part of it. An update shows when it is done.
    """
    found = aws.client("eks").describe_cluster(name=cluster.id)["cluster"]
    if found["status"] == "DELETING":
        raise Gone(f"{cluster.key} is being deleted")
    if not (config := found.get("resourcesVpcConfig")):
        raise Unsupported(f"{cluster.id} does not run in AWS: EKS only shows it, and its API is not EKS's to close")
    public = config["endpointPublicAccess"]
    cidrs = sorted(config.get("publicAccessCidrs", ())) if public else []
    return {"public": public, "private": config["endpointPrivateAccess"], "cidrs": cidrs}


def desired(now: Json, cluster: Resource) -> Json:
    """Ranges that are somebody's stay; where there are none, the public way is closed."""
    narrow = [cidr for cidr in now["cidrs"] if network(cidr, "")]
    if narrow == now["cidrs"] and now["public"] == bool(narrow):
        return now
    return {"public": bool(narrow), "private": True, "cidrs": narrow}


def write(aws: Session, cluster: Resource, now: Json, then: Json) -> None:
    cidrs = {"publicAccessCidrs": then["cidrs"]} if then["public"] else {}
    access = {"endpointPublicAccess": then["public"], "endpointPrivateAccess": then["private"], **cidrs}
    try:
        aws.client("eks").update_cluster_config(name=cluster.id, resourcesVpcConfig=access)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "ResourceInUseException":
            raise Busy(f"{cluster.id} is being updated, and EKS takes one update at a time: try again") from error
        if ALREADY not in message:
            raise


remediation = Remediation(
    id="eks.restrict_public_endpoint",
    title="Close the public endpoint of an EKS cluster",
    resource_type="AWS::EKS::Cluster",
    reads=("eks:DescribeCluster",),
    writes=("eks:UpdateClusterConfig",),
    pin=("arn:{partition}:eks:{region}:{account}:cluster/{id}",),
    impact=(
        "Nobody reaches the Kubernetes API from the internet any more, but for address ranges that the cluster already"
        " names and that are not half the world; where there are none, that is everybody outside the VPC and what is"
        " connected to it: pipelines, laptops and hybrid nodes too. The API's private address in the VPC is turned on;"
        " it needs DNS support and DNS host names in the VPC, and port 443 open in the cluster's security group. It"
        " takes minutes, and the API answers meanwhile. Pods, services and load balancers go on. Whoever holds"
        " credentials still gets in from inside, and what they made in the cluster stays."
    ),
    read=read,
    desired=desired,
    write=write,
)
