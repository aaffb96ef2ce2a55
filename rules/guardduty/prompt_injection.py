"""An application passes text to a model that tries to take it over; who typed it holds no credential of ours."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.prompt_injection",
    title="Prompt injection against a model",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Impact:IAMUser/PromptInjection"}]},
    },
    severity=Severity.MEDIUM,
    attack=("T1190",),
    controls=INTRUSION_SEEN,
    look_at=(
        "The caller is the application itself, so nothing of it is cut off. Find the request in the model"
        " invocation log, what tools the model could use then, and whether it did; put a guardrail with prompt"
        " attack filters on the model."
    ),
)
