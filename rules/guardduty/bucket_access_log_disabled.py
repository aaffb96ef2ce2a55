"""An S3 bucket's access log was switched off, so that nobody sees who takes what: switch it on again."""

from chalicelib.model import Rule, Severity
from remediations.s3.restore_logging import remediation as restore_logging
from rules.controls import SAFEGUARD

rule = Rule(
    id="guardduty.bucket_access_log_disabled",
    title="Access log of an S3 bucket was disabled",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Stealth:S3/ServerAccessLoggingDisabled"}]},
    },
    respond=(restore_logging,),
    severity=Severity.MEDIUM,
    attack=("T1562.008",),
    controls={**SAFEGUARD, "hipaa": ("164.312(b)",)},
    look_at=(
        "Ask whether a change asked for it. Then look at what the same principal did with the bucket in the hour"
        " around it: CloudTrail's data events have it where they are on, the access log has not."
    ),
)
