"""GuardDuty saw one principal carry out an attack step by step: contain its keys, their sessions and the user."""

from chalicelib.model import Rule, Severity
from remediations.iam.deny_role_session import remediation as deny_role_session
from remediations.iam.deny_sessions_of_key import remediation as deny_sessions_of_key
from remediations.iam.deny_user import remediation as deny_user
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import BREACH, INTRUSION_CONTAINED

rule = Rule(
    id="guardduty.credentials_attack_sequence",
    title="Attack sequence with stolen credentials",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {"type": [{"prefix": "AttackSequence:IAM/"}, {"prefix": "AttackSequence:S3/"}]},
                {
                    "type": [
                        {"prefix": "AttackSequence:EC2/"},
                        {"prefix": "AttackSequence:ECS/"},
                        {"prefix": "AttackSequence:EKS/"},
                    ],
                    "service": {
                        "detection": {"sequence": {"actors": {"user": {"type": ["IAMUser", "AssumedRole", "Role"]}}}}
                    },
                },
            ]
        },
    },
    respond=(
        disable_access_key,
        deny_sessions_of_key,
        deny_role_session,
        deny_user,
    ),
    severity=Severity.CRITICAL,
    attack=("T1078.004", "T1098", "T1530"),
    controls={**INTRUSION_CONTAINED, **BREACH},
    look_at=(
        "Walk through the signals of the sequence in GuardDuty and undo what the attacker left: new users, keys,"
        " roles, trust policies, stopped logs. Where no principal is named below, take it from the finding's text"
        " and act."
    ),
)
