"""AWS Config found a security group that lets the whole internet in: take the open rules out.

The event has the rule's name only, not which managed rule it is, and Security Hub, conformance packs and people put
words before and after it: so the managed rules' names and identifiers are looked for anywhere in it.
"""

from chalicelib.model import Rule, Severity
from remediations.ec2.revoke_open_ingress import remediation as revoke_open_ingress

rule = Rule(
    id="config.ssh_unrestricted",
    title="Security group allows unrestricted access",
    pattern={
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"],
            "configRuleName": [
                {"prefix": {"equals-ignore-case": "restricted-ssh"}},
                {"prefix": {"equals-ignore-case": "incoming-ssh-disabled"}},
                {"prefix": {"equals-ignore-case": "incoming_ssh_disabled"}},
                {"prefix": {"equals-ignore-case": "restricted-common-ports"}},
                {"prefix": {"equals-ignore-case": "vpc-sg-open"}},
                {"prefix": {"equals-ignore-case": "vpc_sg_open"}},
                {"prefix": {"equals-ignore-case": "vpc-sg-port-restriction"}},
                {"suffix": {"equals-ignore-case": "-restricted-ssh"}},
                {"suffix": {"equals-ignore-case": "incoming_ssh_disabled"}},
                {"wildcard": "*restricted-ssh*"},
                {"wildcard": "*incoming-ssh-disabled*"},
                {"wildcard": "*INCOMING_SSH_DISABLED*"},
                {"wildcard": "*restricted-common-ports*"},
                {"wildcard": "*vpc-sg-open*"},
                {"wildcard": "*vpc-sg-port-restriction*"},
            ],
            "resourceType": ["AWS::EC2::SecurityGroup"],
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        },
    },
    respond=(revoke_open_ingress,),
    severity=Severity.HIGH,
    attack=("T1133", "T1190"),
    controls={
        "cis-aws": ("5.2", "5.3"),
        "pci-dss": ("1.3.1",),
        "soc2": ("CC6.6",),
        "hipaa": ("164.312(e)(1)",),
        "gdpr": ("32",),
    },
    look_at=(
        "See what the group is attached to and who needs to reach it; allow just those addresses. Config tells of the"
        " change minutes later: check the hosts' login logs for that time."
    ),
)
