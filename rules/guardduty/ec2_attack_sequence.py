"""GuardDuty saw an attack unfold over several instances: ask before the whole group is cut off."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.isolate_instance import remediation as isolate_instance
from remediations.ec2.snapshot_volumes import remediation as snapshot_volumes
from rules.controls import BREACH, INTRUSION_CONTAINED

rule = Rule(
    id="guardduty.ec2_attack_sequence",
    title="Attack sequence against a group of EC2 instances",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": ["AttackSequence:EC2/CompromisedInstanceGroup"]},
    },
    respond=(snapshot_volumes, isolate_instance),
    mode=Mode.APPROVE,
    severity=Severity.CRITICAL,
    attack=("T1190", "T1078.004"),
    controls={**INTRUSION_CONTAINED, **BREACH},
    look_at=(
        "The instances of a group share an image, launch template or role: that is what to mend. Isolating all of them"
        " may take the service down; decide which ones may go at once."
    ),
)
