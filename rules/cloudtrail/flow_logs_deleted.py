"""VPC flow logs were deleted: make them again as they were, so that what passes now is seen."""

from chalicelib.model import Rule, Severity
from remediations.ec2.recreate_flow_log import remediation as recreate_flow_log

rule = Rule(
    id="cloudtrail.flow_logs_deleted",
    title="VPC flow logs were deleted",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DeleteFlowLogs"], "errorCode": [{"exists": False}]},
    },
    # One log is an object in the record, several are a list of them.
    resources={
        "AWS::EC2::FlowLog": (
            "detail.requestParameters.DeleteFlowLogsRequest.FlowLogId.content"
            " || detail.requestParameters.DeleteFlowLogsRequest.FlowLogId[].content"
        )
    },
    respond=(recreate_flow_log,),
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls={
        "cis-aws": ("3.7",),
        "pci-dss": ("10.2.1.6", "10.7.2"),
        "soc2": ("CC7.2",),
        "hipaa": ("164.312(b)",),
    },
    look_at=(
        "Ask whoever deleted it; if it was not them, contain that principal. What was logged so far is still there;"
        " GuardDuty has its own copy of the flows. A log of a subnet or interface, or one younger than a day, has to be"
        " made again by hand."
    ),
)
