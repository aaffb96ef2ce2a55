"""Somebody from a bad place reaches into an S3 bucket without any credential: ask whether it is to be public."""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.block_public_access import remediation as block_public_access
from rules.controls import BREACH, PUBLIC_STORAGE
from rules.guardduty.credential_misuse import BUCKET, NO_KEY, UNUSUAL_BUCKET

rule = Rule(
    id="guardduty.bucket_reached_anonymously",
    title="S3 bucket is reached by an attacker without credentials",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [*BUCKET, *UNUSUAL_BUCKET], "resource": {"accessKeyDetails": {"accessKeyId": NO_KEY}}},
    },
    respond=(block_public_access,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1530", "T1619"),
    controls={**PUBLIC_STORAGE, **BREACH},
    look_at=(
        "Only a public bucket answers a caller without credentials. If it is not a website or a download site on"
        " purpose, approve, and read its data events or access logs for what was taken."
    ),
)
