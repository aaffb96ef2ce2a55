"""Somebody tries to sign in to an RDS database, or looks at it, and has not got in: people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.database_probed",
    title="Failed logins to an RDS database",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "CredentialAccess:RDS/AnomalousBehavior.Failed"},
                {"prefix": "CredentialAccess:RDS/MaliciousIPCaller.Failed"},
                {"prefix": "CredentialAccess:RDS/TorIPCaller.Failed"},
                {"prefix": "Discovery:RDS/"},
            ]
        },
    },
    severity=Severity.LOW,
    attack=("T1110", "T1046"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Whoever is refused has taken nothing, and the caller may be a client with an old password. Ask why the"
        " database can be reached from there at all: take it off the internet, or narrow its security group to its"
        " clients."
    ),
)
