"""A shared file system, or the way to one, was deleted; only a backup brings it back, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import DESTRUCTION

rule = Rule(
    id="cloudtrail.file_system_deleted",
    title="File system or its mount target was deleted",
    pattern={
        "source": ["aws.elasticfilesystem", "aws.fsx"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["DeleteFileSystem", "DeleteMountTarget", "DeleteReplicationConfiguration"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1485", "T1489"),
    controls=DESTRUCTION,
    look_at=(
        "A mount target can be made again, and hosts of its zone hang until then; a file system comes back from AWS"
        " Backup only: keep its recovery points out of reach, and contain whoever did it unless it was planned."
    ),
    ask_actor=True,
)
