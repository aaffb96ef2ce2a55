"""An EC2 instance's traffic looks bad, or it attacks others, but may be meant to: ask before it is cut off."""

from chalicelib.model import Mode, Rule, Severity
from rules.controls import INTRUSION_CONTAINED
from rules.guardduty.containment import EC2
from rules.guardduty.runtime_types import TRAFFIC

rule = Rule(
    id="guardduty.ec2_suspicious_traffic",
    title="EC2 instance's traffic looks malicious",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {
                    "type": [
                        {"prefix": "Backdoor:EC2/Spambot"},
                        {"prefix": "Trojan:EC2/BlackholeTraffic"},
                        {"prefix": "Trojan:EC2/DriveBySourceTraffic"},
                        {"prefix": "Trojan:EC2/DropPoint"},
                        {"prefix": "Trojan:EC2/PhishingDomainRequest"},
                        {"prefix": "UnauthorizedAccess:EC2/Tor"},
                        {"prefix": "UnauthorizedAccess:EC2/MetadataDNSRebind"},
                        {"prefix": "UnauthorizedAccess:EC2/MaliciousIPCaller"},
                        {"prefix": "Impact:EC2/MaliciousDomainRequest"},
                        {"prefix": "Impact:EC2/PortSweep"},
                        {"prefix": "Impact:EC2/WinRMBruteForce"},
                        {"prefix": "Recon:EC2/Portscan"},
                    ]
                },
                {
                    "type": [
                        {"prefix": "UnauthorizedAccess:EC2/RDPBruteForce"},
                        {"prefix": "UnauthorizedAccess:EC2/SSHBruteForce"},
                    ],
                    "service": {"resourceRole": ["ACTOR"]},
                },
                {"type": TRAFFIC, "resource": {"resourceType": ["Instance"]}},
            ]
        },
    },
    respond=EC2,
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1071", "T1090.003", "T1046", "T1110"),
    controls=INTRUSION_CONTAINED,
    look_at=(
        "Ask the owner whether the instance is a mail server, a scanner, a proxy or a research host. If nobody can"
        " say, approve: its disks are kept first, and everything can be undone."
    ),
)
