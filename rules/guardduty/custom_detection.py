"""A custom detection rule of GuardDuty saw an API call of attackers; what answers it is on the call itself."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="guardduty.custom_detection",
    title="Custom detection rule saw an attack technique",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "type": [
                {"prefix": "CredentialAccess:EC2/"},
                {"prefix": "CredentialAccess:RDS/ModifyAuthenticationProcess"},
                {"prefix": "DefenseImpairment:"},
                {"prefix": "Execution:SageMaker/"},
                {"prefix": "Exfiltration:EC2/"},
                {"prefix": "Exfiltration:RDS/"},
                {"prefix": "Exfiltration:S3/TransferDataToCloudAccount"},
                {"prefix": "Impact:S3/DataDestruction"},
                {"prefix": "Impact:SES/"},
                {"prefix": "InitialAccess:IAM/"},
                {"prefix": "InitialAccess:RDS/"},
                {"prefix": "LateralMovement:"},
                {"prefix": "Persistence:EC2/"},
                {"prefix": "Persistence:IAM/"},
                {"prefix": "Persistence:Lambda/"},
                {"prefix": "Persistence:RolesAnywhere/"},
                {"prefix": "PrivilegeEscalation:IAM/"},
                {"prefix": "ResourceDevelopment:"},
            ]
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562", "T1537", "T1098"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Read the signals of the finding: the call, who made it and on what. Where a call was dangerous in itself,"
        " an incident on it is open already. Termination protection that we set and snapshots that we take show up"
        " here too."
    ),
)
