"""An EC2 instance talks to a command-and-control server or attacks others: cut it off and keep what is on it."""

from chalicelib.model import Rule, Severity
from rules.controls import BREACH, INTRUSION_CONTAINED
from rules.guardduty.containment import EC2
from rules.guardduty.runtime_types import COMMAND_AND_CONTROL

rule = Rule(
    id="guardduty.ec2_command_and_control",
    title="EC2 instance is under an attacker's control",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {
                    "type": [
                        {"prefix": "Backdoor:EC2/C&CActivity"},
                        {"prefix": "Backdoor:EC2/DenialOfService"},
                        {"prefix": "Trojan:EC2/DGADomainRequest"},
                        {"prefix": "Trojan:EC2/DNSDataExfiltration"},
                    ]
                },
                {"type": COMMAND_AND_CONTROL, "resource": {"resourceType": ["Instance"]}},
            ]
        },
    },
    respond=EC2,
    severity=Severity.HIGH,
    attack=("T1071", "T1568.002", "T1498", "T1048"),
    controls={**INTRUSION_CONTAINED, **BREACH},
    look_at=(
        "Read the remote address or domain in the finding and search flow and DNS logs for other instances that"
        " talk to it. Flows through a NAT gateway, and DNS, may go on: stop the instance if it must be silent now."
    ),
)
