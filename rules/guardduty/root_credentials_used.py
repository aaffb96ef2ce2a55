"""Root's credentials were used for an API call; IAM cannot contain root, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import ROOT_USE

rule = Rule(
    id="guardduty.root_credentials_used",
    title="Root credentials were used",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "Policy:IAMUser/RootCredentialUsage"},
                {"prefix": "Policy:IAMUser/ShortTermRootCredentialUsage"},
            ]
        },
    },
    severity=Severity.HIGH,
    attack=("T1078.001", "T1078.004"),
    controls=ROOT_USE,
    look_at=(
        "Ask the holders of the root credentials. If none of them did it: recover the password, delete root's access"
        " keys, change its MFA and e-mail, and deny root in member accounts with a service control policy."
    ),
)
