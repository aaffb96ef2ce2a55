"""Give a VPC without flow logs one again, delivered to S3 as those of the account's other VPCs are."""

from __future__ import annotations

import json
from collections import Counter

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

TAG = "countermeasure:incident"
COPIED = ("LogDestinationType", "LogDestination", "LogFormat", "MaxAggregationInterval", "DestinationOptions")


def read(aws: Session, vpc: Resource) -> Json:
    """Return whose flow logs the VPC has: `[]`, `["ours"]` (this incident's), `["others"]` or `["others", "ours"]`."""
    aws.client("ec2").describe_vpcs(VpcIds=[vpc.id])  # a VPC that is gone has no flow logs either
    whose = sorted({"ours" if is_ours(aws, each) else "others" for each in active(aws, vpc)})
    if not whose:
        pattern(aws, vpc)
    return whose


def active(aws: Session, vpc: Resource | None = None) -> list[Json]:
    """Return the flow logs of the VPC, or of every resource of the account in this region, that are not deleted."""
    mine = {"Filter": [{"Name": "resource-id", "Values": [vpc.id]}]} if vpc else {}
    pages = aws.client("ec2").get_paginator("describe_flow_logs").paginate(**mine)
    return [each for page in pages for each in page["FlowLogs"] if each["FlowLogStatus"] == "ACTIVE"]


def is_ours(aws: Session, log: Json) -> bool:
    return {"Key": TAG, "Value": aws.incident} in log.get("Tags", ())


def pattern(aws: Session, vpc: Resource) -> Json:
    """Return where and how most other VPCs of the account log to S3 in this region. Raises Unsupported when none does.

    No event is asked for a destination: whoever sent it would choose where the traffic is told. Log groups and
    Firehose are left out: to log there means to hand EC2 a role.
    """
    others = [
        {key: each[key] for key in COPIED if key in each}
        for each in active(aws)
        if each["ResourceId"].startswith("vpc-")
        and each["ResourceId"] != vpc.id
        and each["LogDestinationType"] == "s3"
        and each.get("DeliverLogsStatus") != "FAILED"
    ]
    if not others:
        raise Unsupported(
            f"{vpc.id}: no other VPC of {aws.account} in {aws.region} has a flow log to S3 that shows where to log;"
            " make one flow log there by hand, for any VPC"
        )
    counted = Counter(json.dumps(each, sort_keys=True) for each in others)
    return json.loads(min(counted, key=lambda text: (-counted[text], text)))


def desired(now: Json, vpc: Resource) -> Json:
    return now or ["ours"]


def write(aws: Session, vpc: Resource, now: Json, then: Json) -> None:
    if "ours" in then and "ours" not in now:
        create(aws, vpc)
    if "ours" in now and "ours" not in then:
        ids = [each["FlowLogId"] for each in active(aws, vpc) if is_ours(aws, each)]
        if ids:
            done(aws.client("ec2").delete_flow_logs(FlowLogIds=ids))


def create(aws: Session, vpc: Resource) -> None:
    tag = {"ResourceType": "vpc-flow-log", "Tags": [{"Key": TAG, "Value": aws.incident}]}
    made = aws.client("ec2").create_flow_logs(
        ResourceIds=[vpc.id], ResourceType="VPC", TrafficType="ALL", TagSpecifications=[tag], **pattern(aws, vpc)
    )
    done(made)


def done(answer: Json) -> None:
    """Raise Unsupported with AWS's reason: CreateFlowLogs and DeleteFlowLogs answer 200 for what they did not do."""
    for each in answer.get("Unsuccessful", ()):
        raise Unsupported(f"{each['ResourceId']}: {each['Error']['Code']}: {each['Error']['Message']}"[:500])


remediation = Remediation(
    id="ec2.restore_flow_logs",
    title="Log the flows of a VPC again",
    resource_type="AWS::EC2::VPC",
    reads=("ec2:DescribeVpcs", "ec2:DescribeFlowLogs"),
    # The delivery permissions are no part of EC2's own (VPC User Guide, "Publish flow logs to Amazon S3").
    writes=(
        "ec2:CreateFlowLogs",
        "ec2:CreateTags",
        "ec2:DeleteFlowLogs",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
    ),
    impact=(
        "From some minutes on, all traffic of the VPC is logged to the bucket, in the format and at the interval that"
        " most other VPCs of the account use in this region, at the usual cost; traffic itself is not touched. What"
        " passed meanwhile is lost. It does not give back a flow log to CloudWatch Logs or Firehose, nor one of a"
        " single subnet or interface, and looks at neither the bucket's policy nor its lifecycle."
    ),
    confirm_undo="Undo deletes the flow log: what passes in the VPC is no longer recorded by it.",
    read=read,
    desired=desired,
    write=write,
)
