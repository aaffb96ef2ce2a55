"""Somebody unexpected signed in to an RDS database: ask to take it off the internet."""

from chalicelib.model import Mode, Rule, Severity
from remediations.rds.make_private import remediation as make_private
from rules.controls import BREACH

rule = Rule(
    id="guardduty.database_login_suspicious",
    title="Suspicious successful login to an RDS database",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "CredentialAccess:RDS/AnomalousBehavior.Successful"},
                {"prefix": "CredentialAccess:RDS/MaliciousIPCaller.Successful"},
                {"prefix": "CredentialAccess:RDS/TorIPCaller.Successful"},
            ]
        },
    },
    respond=(make_private,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1078", "T1110"),
    controls={"pci-dss": ("11.5.1",), "soc2": ("CC6.1", "CC7.2"), "hipaa": ("164.312(d)",), **BREACH},
    look_at=(
        "Change the password of the database user in the finding and end its connections: AWS cannot do that from"
        " outside. Approve unless clients outside the VPC need the database. Read its audit log for what was taken."
    ),
)
