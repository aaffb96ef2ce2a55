"""Somebody reaches into an S3 bucket with another's credential: ask to keep that user or role out of the bucket."""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.deny_principal_on_bucket import remediation as deny_principal_on_bucket
from rules.controls import BREACH, INCIDENT
from rules.guardduty.credential_misuse import BUCKET

rule = Rule(
    id="guardduty.bucket_reached_by_intruder",
    title="S3 bucket is reached with stolen credentials",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {
            "$or": [
                {
                    "type": BUCKET,
                    "resource": {
                        "accessKeyDetails": {
                            "userType": ["IAMUser", "AssumedRole", "Role"],
                            "accessKeyId": [{"prefix": "AKIA"}, {"prefix": "ASIA"}],
                        }
                    },
                },
                {
                    "type": [{"prefix": "AttackSequence:S3/"}],
                    "service": {
                        "detection": {"sequence": {"actors": {"user": {"type": ["IAMUser", "AssumedRole", "Role"]}}}}
                    },
                },
            ]
        },
    },
    respond=(deny_principal_on_bucket,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1530", "T1485"),
    controls={**INCIDENT, **BREACH},
    look_at=(
        "The credential itself is contained already. Approve this when the attacker can get another one of the"
        " same user or role: it keeps all of that role's sessions out of the bucket, healthy ones too. Then read"
        " the data events."
    ),
)
