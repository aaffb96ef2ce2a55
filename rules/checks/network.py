"""Checks that found networks and hosts too open, or unwatched."""

from chalicelib.model import Mode, Severity
from remediations.ec2.require_imdsv2 import remediation as require_imdsv2
from remediations.ec2.restore_flow_logs import remediation as restore_flow_logs
from remediations.ec2.revoke_default_security_group_rules import remediation as revoke_default_group
from remediations.ec2.revoke_open_ingress import remediation as revoke_open_ingress
from rules.checks.check import Check
from rules.controls import OPEN_NETWORK

NETWORK_CHECKS = (
    Check(
        name="security_group_open",
        title="Security group is open to the internet",
        severity=Severity.HIGH,
        types=("AWS::EC2::SecurityGroup",),
        config=(
            "restricted-ssh",
            "incoming-ssh-disabled",
            "restricted-common-ports",
            "vpc-sg-open",
            "vpc-sg-port-restriction",
        ),
        controls=("EC2.13", "EC2.14", "EC2.18", "EC2.19", "EC2.53", "EC2.54", "PCI.EC2.5"),
        cis_1_2=("4.1", "4.2"),
        cis_1_4=("5.2",),
        respond=(revoke_open_ingress,),
        mode=Mode.ENFORCE,
        attack=("T1133", "T1190"),
        frameworks=OPEN_NETWORK,
        look_at=(
            "See what the group is attached to and who needs to reach it; allow just those addresses. The check tells"
            " of it minutes to hours later: look into the hosts' login logs for that time."
        ),
    ),
    Check(
        name="default_security_group_used",
        title="Default security group lets traffic through",
        severity=Severity.MEDIUM,
        types=("AWS::EC2::SecurityGroup",),
        config=("vpc-default-security-group-closed",),
        controls=("EC2.2", "PCI.EC2.2"),
        cis_1_2=("4.3",),
        cis_1_4=("5.3",),
        respond=(revoke_default_group,),
        attack=("T1133",),
        frameworks={"cis-aws": ("5.4",), "pci-dss": ("1.3.1",), "soc2": ("CC6.6",), "hipaa": ("164.312(e)(1)",)},
        look_at=(
            "List the network interfaces in the group before you approve: whatever is in it loses its connections. Give"
            " those a group of their own first; with nothing in it, approve."
        ),
    ),
    Check(
        name="network_acl_open",
        title="Network ACL lets the internet reach administration ports",
        severity=Severity.MEDIUM,
        types=("AWS::EC2::NetworkAcl",),
        config=("nacl-no-unrestricted-ssh-rdp",),
        controls=("EC2.21",),
        cis_1_4=("5.1",),
        attack=("T1133", "T1562.007"),
        frameworks=OPEN_NETWORK,
        look_at=(
            "Default network ACLs are all open, and then security groups decide: check those of the subnets' hosts. An"
            " entry that somebody added for SSH or RDP: delete it, which also cuts connections that are open."
        ),
    ),
    Check(
        name="flow_logs_off",
        title="VPC has no flow logs",
        severity=Severity.MEDIUM,
        types=("AWS::EC2::VPC",),
        config=("vpc-flow-logs-enabled",),
        controls=("EC2.6", "PCI.EC2.6"),
        cis_1_2=("2.9",),
        cis_1_4=("3.9",),
        respond=(restore_flow_logs,),
        mode=Mode.ENFORCE,
        attack=("T1562.008",),
        frameworks={"cis-aws": ("3.7",), "pci-dss": ("10.2.1",), "soc2": ("CC7.2",), "hipaa": ("164.312(b)",)},
        look_at=(
            "Find out whether the VPC ever had flow logs: DeleteFlowLogs in CloudTrail says who took them off, and what"
            " passed since is in no log. Where no other VPC shows where to log, make one flow log by hand."
        ),
    ),
    Check(
        name="instance_metadata_v1",
        title="EC2 instance gives out credentials without a token",
        severity=Severity.MEDIUM,
        types=("AWS::EC2::Instance",),
        config=("ec2-imdsv2-check",),
        controls=("EC2.8",),
        respond=(require_imdsv2,),
        attack=("T1552.005",),
        frameworks={"cis-aws": ("5.6",), "pci-dss": ("2.2.6",), "soc2": ("CC6.1",), "hipaa": ("164.312(a)(1)",)},
        look_at=(
            "Look at the CloudWatch metric MetadataNoToken of the instance: at zero for days nothing on it needs the"
            " old way, so approve. Else upgrade its SDKs first, and set it in the launch template."
        ),
    ),
)
