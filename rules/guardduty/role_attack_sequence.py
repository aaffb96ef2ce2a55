"""The attacker of a sequence acts as a role: ask whether every session of that role should go, healthy ones too."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.revoke_role_sessions import remediation as revoke_role_sessions
from rules.controls import BREACH, INCIDENT

rule = Rule(
    id="guardduty.role_attack_sequence",
    title="Attack sequence with a role's credentials",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [{"prefix": "AttackSequence:IAM/"}, {"prefix": "AttackSequence:S3/"}],
            "service": {"detection": {"sequence": {"actors": {"user": {"type": ["AssumedRole", "Role"]}}}}},
        },
    },
    respond=(revoke_role_sessions,),
    mode=Mode.APPROVE,
    severity=Severity.CRITICAL,
    attack=("T1078.004", "T1550.001"),
    controls={**INCIDENT, **BREACH},
    look_at=(
        "The named session is denied already; approve this when the attacker had more than one or can open new ones."
        " It logs out everything that runs as the role, and does not stop the role from being assumed again."
    ),
)
