"""VPC flow logs were deleted; they can only be made again, so people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.flow_logs_deleted",
    title="VPC flow logs were deleted",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DeleteFlowLogs"], "errorCode": [{"exists": False}]},
    },
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls={
        "cis-aws": ("3.7",),
        "pci-dss": ("10.2.1.6", "10.7.2"),
        "soc2": ("CC7.2",),
        "hipaa": ("164.312(b)",),
    },
    look_at=(
        "Create the flow log again for the same VPC, subnet or interface and destination: what was logged so far is"
        " still there. GuardDuty has its own copy of the flows and still sees them."
    ),
)
