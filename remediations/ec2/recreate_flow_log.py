"""Make a VPC's deleted flow log again, as its baseline says that it was."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.restore_flow_logs import COPIED, TAG, active, done, is_ours

SETTINGS = (*COPIED, "TrafficType", "DeliverLogsPermissionArn", "DeliverCrossAccountRole")
TO = ("LogDestination", "LogGroupName")
"""Where a log goes: EC2 takes a second one from one VPC only where it goes elsewhere (FlowLogAlreadyExists)."""


def read(aws: Session, log: Resource) -> Json:
    """Return `{"vpc": id, "to": ..., "log": "none" | "ours" | "others"}`: whose log goes where the deleted one went.

    Raises Unsupported where nobody knows which VPC that was.
    """
    was = baseline(log)
    aws.client("ec2").describe_vpcs(VpcIds=[was["ResourceId"]])  # with a VPC its flow logs go
    found = same(aws, log)
    whose = "ours" if any(is_ours(aws, each) for each in found) else "others"
    to = next(was[name] for name in TO if was.get(name))
    return {"vpc": was["ResourceId"], "to": to, "log": whose if found else "none"}


def same(aws: Session, log: Resource) -> list[Json]:
    """Return the flow logs of the VPC that go where the deleted one went."""
    was = baseline(log)
    vpc = Resource("AWS::EC2::VPC", was["ResourceId"], log.account, log.region, log.partition)
    return [each for each in active(aws, vpc) if all(each.get(name) == was.get(name) for name in TO)]


def baseline(log: Resource) -> Json:
    """Return what `details["baseline"]` tells, JSON: the log of a VPC as DescribeFlowLogs says. No event is asked."""
    try:
        was = json.loads(log.details["baseline"])["flow_log"]
        if str(was["ResourceId"]).startswith("vpc-") and any(was.get(name) for name in TO):
            return was
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise Unsupported(
        f"flow log {log.id} is gone and no baseline says of which VPC it was; compare the VPCs' logs with your"
        " templates, and make it by hand"
    )


def desired(now: Json, log: Resource) -> Json:
    return {**now, "log": "ours"} if now["log"] == "none" else now


def write(aws: Session, log: Resource, now: Json, then: Json) -> None:
    if then["log"] == "ours" and now["log"] == "none":
        create(aws, baseline(log))
    elif then["log"] == "none" and now["log"] == "ours":
        ids = [each["FlowLogId"] for each in same(aws, log) if is_ours(aws, each)]
        if ids:
            done(aws.client("ec2").delete_flow_logs(FlowLogIds=ids))


def create(aws: Session, was: Json) -> None:
    asked = {name: was[name] for name in SETTINGS if was.get(name)}
    if not asked.get("LogDestination"):
        asked["LogGroupName"] = was["LogGroupName"]
    tag = {"ResourceType": "vpc-flow-log", "Tags": [{"Key": TAG, "Value": aws.incident}]}
    vpcs = {"ResourceType": "VPC", "ResourceIds": [was["ResourceId"]]}
    try:
        done(aws.client("ec2").create_flow_logs(TagSpecifications=[tag], **vpcs, **asked))
    except ClientError as error:  # it is there already: two that were deleted went to one place
        if error.response["Error"]["Code"] != "FlowLogAlreadyExists":
            raise


remediation = Remediation(
    id="ec2.recreate_flow_log",
    title="Make a VPC's deleted flow log again",
    resource_type="AWS::EC2::FlowLog",
    reads=("ec2:DescribeVpcs", "ec2:DescribeFlowLogs"),
    # The delivery permissions are no part of EC2's own (VPC User Guide, "Publish flow logs to Amazon S3").
    writes=(
        "ec2:CreateFlowLogs",
        "ec2:CreateTags",
        "ec2:DeleteFlowLogs",
        "iam:PassRole",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
    ),
    asks=("baseline",),
    impact=(
        "From some minutes on, the VPC's traffic is logged again to where the deleted log went, in its format and at"
        " its interval, at the usual cost; traffic itself is not touched. What passed meanwhile is lost. The log has a"
        " new id and not the old one's tags, and a pipeline that replaces the log at this moment may have to run again."
        " Logs of a single subnet, interface or gateway are not made again."
    ),
    confirm_undo="Undo deletes the flow log: what passes in the VPC is no longer recorded by it.",
    read=read,
    desired=desired,
    write=write,
)
