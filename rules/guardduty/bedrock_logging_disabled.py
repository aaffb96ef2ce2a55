"""The log of what models are asked was switched off, as who uses them with stolen keys does: switch it on again."""

from chalicelib.model import Rule, Severity
from remediations.bedrock.restore_invocation_logging import remediation as restore_invocation_logging
from rules.controls import SAFEGUARD

rule = Rule(
    id="guardduty.bedrock_logging_disabled",
    title="Model invocation log of Bedrock was disabled",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "DefenseEvasion:IAMUser/BedrockLoggingDisabled"}]},
    },
    resources={"AWS::Account": "detail.accountId"},
    respond=(restore_invocation_logging,),
    severity=Severity.MEDIUM,
    attack=("T1562.008", "T1496"),
    controls={**SAFEGUARD, "hipaa": ("164.312(b)",)},
    look_at=(
        "Ask whoever the finding names whether a change asked for it. If nobody knows: look at the model"
        " invocations and their cost since, in every region, and contain the principal."
    ),
    ask_actor=True,
)
