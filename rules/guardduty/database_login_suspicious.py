"""Somebody unexpected signed in to an RDS database; its users are not IAM's to contain, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import BREACH

rule = Rule(
    id="guardduty.database_login_suspicious",
    title="Suspicious successful login to an RDS database",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce",
                "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin",
                "CredentialAccess:RDS/MaliciousIPCaller.SuccessfulLogin",
                "CredentialAccess:RDS/TorIPCaller.SuccessfulLogin",
            ]
        },
    },
    severity=Severity.HIGH,
    attack=("T1078", "T1110"),
    controls={"pci-dss": ("11.5.1",), "soc2": ("CC6.1", "CC7.2"), "hipaa": ("164.312(d)",), **BREACH},
    look_at=(
        "Change the password of the database user in the finding and end its connections; close the instance to public"
        " networks. Read the database's audit log for what was taken."
    ),
)
