"""An EC2 instance talks to a command-and-control server or attacks others: keep its disks, then cut it off."""

from chalicelib.model import Rule, Severity
from remediations.ec2.isolate_instance import remediation as isolate_instance
from remediations.ec2.snapshot_volumes import remediation as snapshot_volumes
from rules.controls import BREACH, INTRUSION_CONTAINED

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
                        {"prefix": "Backdoor:EC2/C&CActivity."},
                        {"prefix": "Backdoor:EC2/DenialOfService."},
                        {"prefix": "Trojan:EC2/DGADomainRequest."},
                        "Trojan:EC2/DNSDataExfiltration",
                    ]
                },
                {
                    "type": [
                        {"prefix": "Backdoor:Runtime/"},
                        {"prefix": "Trojan:Runtime/DGADomainRequest."},
                        "Execution:Runtime/ReverseShell",
                    ],
                    "resource": {"resourceType": ["Instance"]},
                },
            ]
        },
    },
    respond=(snapshot_volumes, isolate_instance),
    severity=Severity.HIGH,
    attack=("T1071", "T1568.002", "T1498"),
    controls={**INTRUSION_CONTAINED, **BREACH},
    look_at=(
        "Read the remote address or domain in the finding and search flow and DNS logs for other instances that talk to"
        " it. Flows that were open stay tracked for a while: stop the instance if it must be silent now."
    ),
)
