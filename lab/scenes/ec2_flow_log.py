"""A VPC's flow log to CloudWatch Logs that somebody deleted, beside a VPC that still has its own."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes
from lab.ids import next_id
from lab.network import tags
from lab.scene import Scene

VPC = "vpc-0f10a10f10a10f10a"
GROUP = "/vpc/flow-logs"
NEIGHBOUR = "still-logged"

BASELINE: Any = {
    "ResourceId": VPC,
    "TrafficType": "ALL",
    "LogDestinationType": "cloud-watch-logs",
    "LogGroupName": GROUP,
    "DeliverLogsPermissionArn": "arn:aws:iam::111122223333:role/flow-logs",
    "LogFormat": "${version} ${srcaddr} ${dstaddr} ${action}",
    "MaxAggregationInterval": 60,
}
"""How the log was while nobody had touched it."""


def make(boto: boto3.Session, flow_log: Resource) -> str:
    moto_fixes.apply()
    ec2: Any = boto.client("ec2")
    logs: Any = boto.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        logs.create_log_group(logGroupName=GROUP)
    if not ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["Vpcs"]:
        with next_id("AWS::EC2::VPC", VPC):
            ec2.create_vpc(CidrBlock="10.40.0.0/16")
        made = ec2.create_vpc(CidrBlock="10.41.0.0/16", TagSpecifications=tags("vpc", NEIGHBOUR))
        log(boto, made["Vpc"]["VpcId"])
    return flow_log.id


def log(boto: boto3.Session, vpc: str) -> None:
    """Give a VPC a flow log as the baseline has it."""
    kept = {name: value for name, value in BASELINE.items() if name != "ResourceId"}
    ec2: Any = boto.client("ec2")
    ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", **kept)


def made_by_others(boto: boto3.Session, flow_log: Resource) -> None:
    """Someone makes a log of their own in place of ours."""
    ec2: Any = boto.client("ec2")
    found = ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [VPC]}])["FlowLogs"]
    ec2.delete_flow_logs(FlowLogIds=[each["FlowLogId"] for each in found])
    log(boto, VPC)


scene = Scene(
    resource_type="AWS::EC2::FlowLog",
    example="fl-0abcd1234ef567890",
    make=make,
    drift={"ec2.recreate_flow_log": made_by_others},
    details={"baseline": json.dumps({"flow_log": BASELINE})},
)
