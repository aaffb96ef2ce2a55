"""GuardDuty found what no other rule answers, as it does when AWS adds a type: nothing is guessed, people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.unknown_type",
    title="GuardDuty found something that no rule knows",
    pattern={"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]},
    otherwise=True,
    severity=Severity.MEDIUM,
    attack=("T1190", "T1078"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Open the finding in GuardDuty and read what its type means in the user guide, then contain what it names by"
        " hand. Name the type in a rule, so that the next one is answered."
    ),
)
