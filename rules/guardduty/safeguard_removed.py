"""GuardDuty saw a safeguard of the account taken away that countermeasure cannot put back; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="guardduty.safeguard_removed",
    title="A safeguard of the account was removed",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                "DefenseEvasion:IAMUser/BedrockLoggingDisabled",
                "Policy:S3/AccountBlockPublicAccessDisabled",
                "Stealth:IAMUser/PasswordPolicyChange",
                "Stealth:S3/ServerAccessLoggingDisabled",
            ]
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001", "T1562.008"),
    controls={**SAFEGUARD, "hipaa": ("164.308(a)(1)(ii)(D)",)},
    look_at=(
        "Ask whoever the finding names whether a change asked for it, and put the setting back if not. Look at what the"
        " same principal did in the hour around it."
    ),
)
