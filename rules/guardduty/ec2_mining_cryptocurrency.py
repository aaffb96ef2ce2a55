"""An EC2 instance mines cryptocurrency: keep its disks as evidence, then cut it off."""

from chalicelib.model import Rule, Severity
from remediations.ec2.isolate_instance import remediation as isolate_instance
from remediations.ec2.snapshot_volumes import remediation as snapshot_volumes
from rules.controls import INTRUSION_CONTAINED

rule = Rule(
    id="guardduty.ec2_mining_cryptocurrency",
    title="EC2 instance is mining cryptocurrency",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {"type": [{"prefix": "CryptoCurrency:EC2/"}, "Impact:EC2/BitcoinDomainRequest.Reputation"]},
                {
                    "type": [
                        {"prefix": "CryptoCurrency:Runtime/"},
                        "Impact:Runtime/BitcoinDomainRequest.Reputation",
                        "Impact:Runtime/CryptoMinerExecuted",
                    ],
                    "resource": {"resourceType": ["Instance"]},
                },
            ]
        },
    },
    respond=(snapshot_volumes, isolate_instance),
    severity=Severity.HIGH,
    attack=("T1496",),
    controls={**INTRUSION_CONTAINED, "gdpr": ("32",)},
    look_at=(
        "Find how the miner came in: open ports, a public application, user data, or whoever launched the instance, and"
        " look for the same image or key elsewhere. Treat the instance role's credentials as stolen."
    ),
)
