"""Log the DNS queries of a VPC again, by the query logging configuration that the account's other VPCs use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

ENDED = ("DELETING", "FAILED")
"""The states of an association that logs nothing, and will not."""


def read(aws: Session, vpc: Resource) -> Json:
    """Return `{"configs": [...]}`, the ids of the VPC's query logging configurations; where it has none, also `usual`.

    `usual` is the one that it is to have. Raises Unsupported when nothing tells which.
    """
    aws.client("ec2").describe_vpcs(VpcIds=[vpc.id])  # a VPC that is gone logs no queries either
    by_vpc = [(each["ResourceId"], each["ResolverQueryLogConfigId"]) for each in associations(aws)]
    if mine := sorted(config for owner, config in by_vpc if owner == vpc.id):
        return {"configs": mine}
    return {"configs": [], "usual": usual(aws, vpc, Counter(config for _, config in by_vpc))}


def associations(aws: Session) -> Iterator[Json]:
    """Yield what ties the account's VPCs in this region to query logging configurations."""
    resolver = aws.client("route53resolver")
    for page in resolver.get_paginator("list_resolver_query_log_config_associations").paginate():
        yield from (each for each in page["ResolverQueryLogConfigAssociations"] if each["Status"] not in ENDED)


def usual(aws: Session, vpc: Resource, used: Counter[str]) -> str:
    """Return the account's own configuration that most other VPCs use; where none uses any, the only one it owns.

    No event is asked for one: whoever sent it would choose where the queries are told. For the same reason one that
    another account shares is left out, and the responder may not use it.
    """
    pages = aws.client("route53resolver").get_paginator("list_resolver_query_log_configs").paginate()
    there = [each for page in pages for each in page["ResolverQueryLogConfigs"] if each["Status"] == "CREATED"]
    own = sorted((-used[each["Id"]], each["Id"]) for each in there if each["OwnerId"] == aws.account)
    if own and (len(own) == 1 or own[0][0]):
        return str(own[0][1])
    raise Unsupported(
        f"{vpc.id}: {aws.account} owns {len(own)} query logging configurations in {aws.region} and no other VPC uses"
        " one of them, which does not tell where to log; associate the VPC with the right one by hand"
    )


def desired(now: Json, vpc: Resource) -> Json:
    return {"configs": now["configs"] or [now["usual"]]}


def write(aws: Session, vpc: Resource, now: Json, then: Json) -> None:
    resolver = aws.client("route53resolver")
    for config in then["configs"]:
        if config not in now["configs"]:
            unless("ResourceExistsException", resolver.associate_resolver_query_log_config, vpc, config)
    for config in now["configs"]:
        if config not in then["configs"]:
            unless("ResourceNotFoundException", resolver.disassociate_resolver_query_log_config, vpc, config)


def unless(done: str, act: Callable[..., Json], vpc: Resource, config: str) -> None:
    """Tie or untie the VPC and the configuration; that it was `done` already is no error."""
    try:
        act(ResolverQueryLogConfigId=config, ResourceId=vpc.id)
    except ClientError as error:
        if error.response["Error"]["Code"] != done:
            raise


remediation = Remediation(
    id="dns.restore_query_logs",
    title="Log the DNS queries of a VPC again",
    resource_type="AWS::EC2::VPC",
    reads=(
        "ec2:DescribeVpcs",
        "route53resolver:ListResolverQueryLogConfigAssociations",
        "route53resolver:ListResolverQueryLogConfigs",
    ),
    writes=(
        "route53resolver:AssociateResolverQueryLogConfig",
        "route53resolver:DisassociateResolverQueryLogConfig",
    ),
    pin=("arn:{partition}:route53resolver:{region}:{account}:resolver-query-log-config/*",),
    impact=(
        "Within minutes, Route 53 Resolver logs the DNS queries of the VPC to where most other VPCs of the account log"
        " them in this region, at the usual cost; queries themselves are not touched. What was asked meanwhile is"
        " lost. It does not bring back a deleted configuration, uses none that another account shares, and does not"
        " look whether the destination takes logs. Which one the VPC had is not told: see whether it is this one."
    ),
    confirm_undo="Undo stops the log: what the VPC's machines ask for goes unseen by it.",
    read=read,
    desired=desired,
    write=write,
)
