"""An instance or image was written into a bucket as a file that can be carried anywhere; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SHARED_DISK

rule = Rule(
    id="cloudtrail.disk_exported",
    title="Instance or image was exported to S3",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateInstanceExportTask", "CreateStoreImageTask", "ExportImage"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1537", "T1005"),
    controls=SHARED_DISK,
    look_at=(
        "Read the bucket in the call: whose is it? While the task still runs, CancelExportTask stops an export."
        " Otherwise delete the file, see who read it, and count the secrets on that disk as out."
    ),
    ask_actor=True,
)
