"""A process on an EC2 instance hides, injects itself or takes the host over: ask before it is cut off."""

from chalicelib.model import Mode, Rule, Severity
from rules.controls import INTRUSION_CONTAINED
from rules.guardduty.containment import EC2
from rules.guardduty.runtime_types import PROCESS

rule = Rule(
    id="guardduty.ec2_intruder_process",
    title="A process attacks the EC2 instance that it runs on",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": PROCESS, "resource": {"resourceType": ["Instance"]}},
    },
    respond=EC2,
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1055", "T1547.006", "T1611", "T1059"),
    controls=INTRUSION_CONTAINED,
    look_at=(
        "Read the process, its parents and its command line in the finding: a debugger, a security agent or an"
        " administrator's script may do the like. If its owner does not know it, approve: its disks are kept first."
    ),
)
