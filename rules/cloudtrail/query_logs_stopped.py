"""Somebody took a VPC off its DNS query log: put it on again."""

from chalicelib.model import Rule, Severity
from remediations.dns.restore_query_logs import remediation as restore_query_logs

rule = Rule(
    id="cloudtrail.query_logs_stopped",
    title="DNS query log of a VPC was stopped",
    pattern={
        "source": ["aws.route53resolver"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DisassociateResolverQueryLogConfig"],
            "errorCode": [{"exists": False}],
        },
    },
    resources={"AWS::EC2::VPC": "detail.requestParameters.resourceId"},
    respond=(restore_query_logs,),
    severity=Severity.MEDIUM,
    attack=("T1562.008",),
    controls={"pci-dss": ("10.2.1.6", "10.7.2"), "soc2": ("CC7.2",), "hipaa": ("164.312(b)",)},
    look_at=(
        "Ask whoever did it, and see whether the VPC logs by the configuration that it had. GuardDuty has its own"
        " view of DNS, but only of the VPC's resolver: look for its findings on machines of this VPC."
    ),
)
