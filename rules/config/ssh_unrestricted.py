"""AWS Config found a security group that lets the whole internet in: take the open rules out."""

from chalicelib.model import Rule, Severity
from remediations.ec2.revoke_open_ingress import remediation as revoke_open_ingress
from rules.config.named import noncompliant
from rules.controls import OPEN_NETWORK

rule = Rule(
    id="config.ssh_unrestricted",
    title="Security group allows unrestricted access",
    pattern=noncompliant(
        "AWS::EC2::SecurityGroup",
        "restricted-ssh",
        "incoming-ssh-disabled",
        "restricted-common-ports",
        "vpc-sg-open",
        "vpc-sg-port-restriction",
    ),
    respond=(revoke_open_ingress,),
    severity=Severity.HIGH,
    attack=("T1133", "T1190"),
    controls=OPEN_NETWORK,
    look_at=(
        "See what the group is attached to and who needs to reach it; allow just those addresses. Config tells of the"
        " change minutes later: check the hosts' login logs for that time."
    ),
)
