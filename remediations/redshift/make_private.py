"""Take the public address off a Redshift cluster, so that its name leads to a private one only."""

from __future__ import annotations

from chalicelib.errors import Gone
from chalicelib.model import Json, Remediation, Resource, Session


def read(aws: Session, cluster: Resource) -> Json:
    """Return `{"public": bool}`, with the Elastic IP that somebody chose for a public one as `address`."""
    [found] = aws.client("redshift").describe_clusters(ClusterIdentifier=cluster.id)["Clusters"]
    if found["ClusterStatus"] in {"deleting", "final-snapshot"}:
        raise Gone(f"{cluster.key} is being deleted")
    chosen = found.get("ElasticIpStatus", {}).get("ElasticIp")
    public = found["PubliclyAccessible"]
    return {"public": public, **({"address": chosen} if public and chosen else {})}


def desired(now: Json, cluster: Resource) -> Json:
    return {"public": False}


def write(aws: Session, cluster: Resource, now: Json, then: Json) -> None:
    chosen = {"ElasticIp": then["address"]} if "address" in then else {}
    aws.client("redshift").modify_cluster(ClusterIdentifier=cluster.id, PubliclyAccessible=then["public"], **chosen)


remediation = Remediation(
    id="redshift.make_private",
    title="Make a public Redshift cluster private",
    resource_type="AWS::Redshift::Cluster",
    reads=("redshift:DescribeClusters",),
    writes=("redshift:ModifyCluster",),
    pin=("arn:{partition}:redshift:{region}:{account}:cluster:{id}",),
    impact=(
        "Clients outside the VPC and what is connected to it can connect no more, dashboards and loaders without VPN"
        " among them. Redshift takes minutes to change it, may end open connections, and refuses while the cluster is"
        " paused, resized or otherwise not available: then it is tried again. Security groups, users, passwords and"
        " data shares stay, so whoever is inside the VPC still gets as far."
    ),
    read=read,
    desired=desired,
    write=write,
)
