"""An EC2 instance mines cryptocurrency: keep its disks as evidence, then cut it off."""

from chalicelib.model import Rule, Severity
from remediations.ec2.isolate_instance import remediation as isolate_instance
from remediations.ec2.snapshot_volumes import remediation as snapshot_volumes
from rules.controls import INTRUSION_CONTAINED
from rules.guardduty.runtime_types import MINING

rule = Rule(
    id="guardduty.ec2_mining_cryptocurrency",
    title="EC2 instance is mining cryptocurrency",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {"type": [{"prefix": "CryptoCurrency:EC2/"}, {"prefix": "Impact:EC2/BitcoinDomainRequest"}]},
                {"type": MINING, "resource": {"resourceType": ["Instance"]}},
            ]
        },
    },
    # A miner wants computing time, not data: its disks and the cut suffice, and no call is spent on more. An Auto
    # Scaling group that replaces the instance is welcome; who takes its role's credentials is another finding.
    respond=(snapshot_volumes, isolate_instance),
    severity=Severity.HIGH,
    attack=("T1496",),
    controls={**INTRUSION_CONTAINED, "gdpr": ("32",)},
    look_at=(
        "Find how the miner came in: open ports, a public application, user data, or whoever launched the instance, and"
        " look for the same image or key elsewhere. Treat the instance role's credentials as stolen."
    ),
)
