"""A container of an ECS task runs what an attacker runs: ask to stop the task, and keep what is known of it."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ecs.stop_task_after_evidence import remediation as stop_task_after_evidence
from rules.controls import INTRUSION_CONTAINED
from rules.guardduty.runtime_types import ATTACK

rule = Rule(
    id="guardduty.ecs_task_compromised",
    title="ECS task runs what an attacker runs",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {"type": ATTACK, "resource": {"resourceType": ["ECSCluster"]}},
                {"type": [{"prefix": "Execution:ECS/MaliciousFile"}]},
            ]
        },
    },
    respond=(stop_task_after_evidence,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1610", "T1496", "T1611"),
    controls=INTRUSION_CONTAINED,
    look_at=(
        "Look at the image, the command and who started the task. A service starts another one from the same"
        " image: mend that first, or set its count to 0. Revoke the sessions of the task's role: its credentials"
        " may be out."
    ),
)
