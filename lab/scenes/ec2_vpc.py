"""A VPC whose flow and query logs somebody took away, beside VPCs that still log: two to the archive, one elsewhere."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes
from lab.fakes import route53resolver as fakes
from lab.ids import next_id
from lab.network import tags
from lab.scene import Scene
from lab.scenes.s3_bucket import have_bucket

NEIGHBOURS = {"logged-1": "flow-logs", "logged-2": "flow-logs", "logged-3": "ad-hoc"}
"""The neighbours by name, and the bucket that each logs to."""


def make(boto: boto3.Session, vpc: Resource) -> str:
    moto_fixes.apply()
    fakes.apply()
    ec2: Any = boto.client("ec2")
    if ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["Vpcs"]:
        return vpc.id
    with next_id(vpc.type, vpc.id):
        ec2.create_vpc(CidrBlock="10.30.0.0/16")
    for name, bucket in NEIGHBOURS.items():
        if not ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]:
            made = ec2.create_vpc(CidrBlock="10.31.0.0/16", TagSpecifications=tags("vpc", name))
            log(boto, vpc, made["Vpc"]["VpcId"], bucket)
            log_queries(boto, vpc, made["Vpc"]["VpcId"], bucket)
    return vpc.id


def log(boto: boto3.Session, near: Resource, vpc: str, bucket: str) -> None:
    """Give the VPC a flow log to a bucket of the account."""
    name = f"{bucket}-{near.account}-{near.region}"
    have_bucket(boto, name, near)
    boto.client("ec2").create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:{near.partition}:s3:::{name}",
        MaxAggregationInterval=60,
    )


def log_queries(boto: boto3.Session, near: Resource, vpc: str, bucket: str) -> None:
    """Have the DNS queries of the VPC logged to the bucket, by its one configuration."""
    resolver: Any = boto.client("route53resolver")
    have = {each["Name"]: each["Id"] for each in resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"]}
    if bucket not in have:
        to = f"arn:{near.partition}:s3:::{bucket}-{near.account}-{near.region}"
        made = resolver.create_resolver_query_log_config(Name=bucket, DestinationArn=to, CreatorRequestId=bucket)
        have[bucket] = made["ResolverQueryLogConfig"]["Id"]
    resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=have[bucket], ResourceId=vpc)


def queries_logged_elsewhere(boto: boto3.Session, vpc: Resource) -> None:
    """Someone has the VPC's queries logged elsewhere as well."""
    log_queries(boto, vpc, vpc.id, "elsewhere")


def logged_elsewhere(boto: boto3.Session, vpc: Resource) -> None:
    """Someone gives the VPC another flow log."""
    log(boto, vpc, vpc.id, "elsewhere")


scene = Scene(
    resource_type="AWS::EC2::VPC",
    example="vpc-0123456789abcdef0",
    make=make,
    drift={"dns.restore_query_logs": queries_logged_elsewhere, "ec2.restore_flow_logs": logged_elsewhere},
)
