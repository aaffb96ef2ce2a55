"""Root's credentials were used for an API call; IAM cannot contain root, so people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="guardduty.root_credentials_used",
    title="Root credentials were used",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": ["Policy:IAMUser/RootCredentialUsage", "Policy:IAMUser/ShortTermRootCredentialUsage"]},
    },
    severity=Severity.HIGH,
    attack=("T1078.004",),
    controls={
        "cis-aws": ("1.7", "4.3"),
        "pci-dss": ("10.2.1.2",),
        "soc2": ("CC6.1", "CC7.2"),
        "hipaa": ("164.308(a)(1)(ii)(D)",),
    },
    look_at=(
        "Ask the holders of the root credentials. If none of them did it: recover the password, delete root's access"
        " keys, change its MFA and e-mail, and deny root in member accounts with a service control policy."
    ),
)
