"""An attacker is inside a container cluster: ask to stop the tasks and to cut off the instances that are named."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ecs.stop_task_after_evidence import remediation as stop_task_after_evidence
from rules.controls import BREACH, INTRUSION_CONTAINED
from rules.guardduty.containment import EC2

rule = Rule(
    id="guardduty.cluster_attack_sequence",
    title="Attack sequence against a container cluster",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "AttackSequence:ECS/"}, {"prefix": "AttackSequence:EKS/"}]},
    },
    respond=(stop_task_after_evidence, *EC2),
    mode=Mode.APPROVE,
    severity=Severity.CRITICAL,
    attack=("T1610", "T1611", "T1613"),
    controls={**INTRUSION_CONTAINED, **BREACH},
    look_at=(
        "Walk through the signals: which workload was the way in, and what could its role reach? In EKS cut a pod"
        " off by a network policy and cordon its node first; approving takes the whole instance, with what else"
        " runs there."
    ),
)
