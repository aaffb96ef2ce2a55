"""GuardDuty saw an attack unfold over several instances: ask before the whole group is cut off."""

from chalicelib.model import Mode, Rule, Severity
from rules.controls import BREACH, INTRUSION_CONTAINED
from rules.guardduty.containment import EC2

rule = Rule(
    id="guardduty.ec2_attack_sequence",
    title="Attack sequence against a group of EC2 instances",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "AttackSequence:EC2/"}]},
    },
    respond=EC2,
    mode=Mode.APPROVE,
    severity=Severity.CRITICAL,
    attack=("T1190", "T1078.004"),
    controls={**INTRUSION_CONTAINED, **BREACH},
    look_at=(
        "The instances of a group share an image, launch template or role: that is what to mend. Isolating all of"
        " them may take the service down; decide which ones may go at once."
    ),
)
