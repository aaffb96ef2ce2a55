"""AWS Health tells of a security matter of the account; what is to be done stands in its text, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="health.security_notice",
    title="AWS tells of a security matter",
    pattern={
        "source": ["aws.health"],
        "detail-type": ["AWS Health Event"],
        "detail": {"service": ["SECURITY"]},
    },
    severity=Severity.MEDIUM,
    attack=("T1190",),
    controls=SAFEGUARD,
    look_at=(
        "Read the event's text and the affected entities in AWS Health: it says what AWS saw or changed, and by when"
        " you are to act. Give it to the owners of what it names."
    ),
)
