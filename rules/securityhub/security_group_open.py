"""Security Hub found a security group open to the whole internet: take the open rules out."""

from chalicelib.model import Rule, Severity
from remediations.ec2.revoke_open_ingress import remediation as revoke_open_ingress
from rules.controls import OPEN_NETWORK
from rules.securityhub.control import failed

CIS = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule"

rule = Rule(
    id="securityhub.security_group_open",
    title="Security group is open to the internet",
    pattern=failed(
        "EC2.13",
        "EC2.14",
        "EC2.18",
        "EC2.19",
        "EC2.53",
        "EC2.54",
        "PCI.EC2.5",
        generators=(f"{CIS}/4.1", f"{CIS}/4.2", "cis-aws-foundations-benchmark/v/1.4.0/5.2"),
    ),
    respond=(revoke_open_ingress,),
    severity=Severity.HIGH,
    attack=("T1133", "T1190"),
    controls=OPEN_NETWORK,
    look_at=(
        "See what the group is attached to and who needs to reach it; allow just those addresses. It was open before"
        " this finding came: check the hosts' login logs."
    ),
)
