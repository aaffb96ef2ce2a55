"""An EC2 instance's traffic looks bad but may be meant: ask before it is cut off."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.isolate_instance import remediation as isolate_instance
from remediations.ec2.snapshot_volumes import remediation as snapshot_volumes
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.ec2_suspicious_traffic",
    title="EC2 instance's traffic looks malicious",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                "Backdoor:EC2/Spambot",
                {"prefix": "Trojan:EC2/BlackholeTraffic"},
                {"prefix": "Trojan:EC2/DriveBySourceTraffic"},
                {"prefix": "Trojan:EC2/DropPoint"},
                {"prefix": "Trojan:EC2/PhishingDomainRequest"},
                {"prefix": "UnauthorizedAccess:EC2/Tor"},
                "UnauthorizedAccess:EC2/MetadataDNSRebind",
                "Impact:EC2/MaliciousDomainRequest.Reputation",
                "Impact:EC2/PortSweep",
                "Recon:EC2/Portscan",
            ]
        },
    },
    respond=(snapshot_volumes, isolate_instance),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1071", "T1090.003", "T1046"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask the owner whether the instance is a mail server, a scanner or a research host. If nobody can say, approve"
        " the isolation: its disks are kept first."
    ),
)
