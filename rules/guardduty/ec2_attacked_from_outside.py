"""Somebody outside tries passwords or ports of an EC2 instance: ask to block the address and close the open port."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.block_ip_in_network_acl import remediation as block_ip_in_network_acl
from remediations.ec2.revoke_open_ingress import remediation as revoke_open_ingress
from rules.controls import OPEN_NETWORK

rule = Rule(
    id="guardduty.ec2_attacked_from_outside",
    title="EC2 instance is attacked from outside",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {"type": [{"prefix": "Recon:EC2/PortProbe"}]},
                {
                    "type": [
                        {"prefix": "UnauthorizedAccess:EC2/RDPBruteForce"},
                        {"prefix": "UnauthorizedAccess:EC2/SSHBruteForce"},
                    ],
                    "service": {"resourceRole": [{"anything-but": "ACTOR"}, {"exists": False}]},
                },
            ]
        },
    },
    resources={
        "AWS::EC2::SecurityGroup": "detail.resource.instanceDetails.networkInterfaces[].securityGroups[].groupId"
    },
    respond=(
        revoke_open_ingress,
        block_ip_in_network_acl,
    ),
    mode=Mode.APPROVE,
    severity=Severity.LOW,
    attack=("T1110", "T1046", "T1595.001"),
    controls=OPEN_NETWORK,
    look_at=(
        "Look in the instance's own log whether a login succeeded. Closing the port is what helps, as the next"
        " address follows soon; block this one while the port must stay open, if it is nobody's NAT or VPN that you"
        " need."
    ),
)
