"""A Bedrock guardrail was deleted or set anew; what it has to keep out only people know."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.guardrail_weakened",
    title="Bedrock guardrail was deleted or changed",
    pattern={
        "source": ["aws.bedrock"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeleteEnforcedGuardrailConfiguration", "DeleteGuardrail", "UpdateGuardrail"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls=SAFEGUARD,
    look_at=(
        "Compare the guardrail with its template, and deploy it again unless a change asked for this: applications"
        " that name a deleted one fail, and a version keeps what it was. See in the invocation log what models"
        " answered since."
    ),
)
